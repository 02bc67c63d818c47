"""The lag of real gates: a range of processes, a load over HTTP, revocations, and the history checker's verdict."""
