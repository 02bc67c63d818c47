"""Refusals on their way to the authority, in batches: detectors and ledger live there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from mock_api.core.doors.gates import ReportedRefusal
from mock_api.http.refusal_report import RefusalReport

from .figures import Figures
from .settings import GateLimits

BACKOFF = 1.0  # seconds before a report that was not taken is handed in again

Hand = Callable[[bytes], Awaitable[bool]]


class Reports:
    """Keeps what is to be reported, within bounds; what is dropped is counted, and said."""

    def __init__(self, gate: str, hand: Hand, limits: GateLimits, figures: Figures) -> None:
        self._gate, self._hand, self._limits, self._figures = gate, hand, limits, figures
        self._waiting: deque[ReportedRefusal] = deque()
        self._dropped = 0

    def add(self, refusal: ReportedRefusal) -> None:
        """One more; where there is no room, the oldest goes."""
        if len(self._waiting) >= self._limits.reports_kept:
            self._waiting.popleft()
            self._dropped += 1
            self._figures.reports_dropped += 1
        self._waiting.append(refusal)

    async def hand_in(self) -> None:
        """Report every so often, until cancelled."""
        while True:
            await asyncio.sleep(self._limits.report_every)
            while self._waiting:
                if not await self.hand_in_one():
                    await asyncio.sleep(BACKOFF)
                    break

    async def hand_in_one(self) -> bool:
        """Hand in one report; whether it was taken."""
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._limits.report_at_most))]
        dropped = self._dropped
        if not batch:
            return True
        if await self._hand(msgspec.json.encode(RefusalReport(self._gate, batch, dropped))):
            self._dropped -= dropped
            self._figures.reported += len(batch)
            return True
        self._waiting.extendleft(reversed(batch))
        return False
