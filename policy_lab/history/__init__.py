"""Histories of what was asked over real HTTP, and the checker that reads whether revocations held.

A history is two files of JSON lines: the requests, by whoever sent them, and the revocations. All instants are seconds
of one clock (on Linux the monotonic one, which all processes of a machine share), so "started after the
acknowledgement" means what it says.
"""

from __future__ import annotations

from .checker import HistoryChecker, check
from .findings import Findings, GateCounts, Lags, Violation
from .records import Request, Revocation, read_requests, read_revocations

__all__ = [
    "Findings", "GateCounts", "HistoryChecker", "Lags", "Request", "Revocation", "Violation", "check", "read_requests",
    "read_revocations",
]
