"""One pass over an event log, giving its ledger."""

from __future__ import annotations

from collections.abc import Iterable

from .figures import Ledger


class LedgerReader:
    """Takes the events of a run in order, from any mix of API, front end and ground truth."""

    def __init__(self) -> None:
        self._events = 0

    def feed(self, event: object) -> None:
        """Take one event; kinds the ledger does not know only add to its length."""
        self._events += 1

    def close(self, horizon_at: float) -> Ledger:
        """The ledger of what was fed, read at `horizon_at` (epoch seconds)."""
        return Ledger(events=self._events, horizon_at=horizon_at)


def read_ledger(events: Iterable[object], horizon_at: float) -> Ledger:
    """The ledger of `events`, read at `horizon_at` (epoch seconds)."""
    reader = LedgerReader()
    for event in events:
        reader.feed(event)
    return reader.close(horizon_at)
