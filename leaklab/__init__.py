"""The command line, and the only place where clocks, chance, settings and servers are wired together."""
