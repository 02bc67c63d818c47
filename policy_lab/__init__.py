"""The lab: plays an incident in virtual time, reads the ledger off its event log, and reports what it saw."""
