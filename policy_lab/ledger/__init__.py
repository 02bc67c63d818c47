"""The figures read off an event log, the same whether the run was live, under load, or simulated."""

from __future__ import annotations

from .figures import INSTANTS, MEASURES, NAMES, Ledger
from .reader import LedgerReader, read_ledger
from .score import Score, score

__all__ = ["INSTANTS", "MEASURES", "NAMES", "Ledger", "LedgerReader", "Score", "read_ledger", "score"]
