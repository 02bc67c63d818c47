"""How much a tester has taken: renders in the last 24 hours, and renders at once.

The day rolls: it is the last 24 hours, not the calendar's, so midnight gives nobody twice the quota. The
order counts: a render that fails or is deleted stays counted. At once means ordered and not ended.
"""

from __future__ import annotations

from . import errors
from .policy import Quota
from .quantities import DAY
from .quotas import RateWindows

RETRY_SOON = 5.0  # seconds: the poll interval of usual clients; when a render will end is nobody's to know


class Usage:
    """Counts per tester."""

    def __init__(self) -> None:
        self._ordered = RateWindows(DAY)
        self._in_flight: dict[str, int] = {}

    def note_ordered(self, tester_id: str, at: float) -> None:
        """A render was ordered."""
        self._ordered.count(tester_id, at)
        self._in_flight[tester_id] = self._in_flight.get(tester_id, 0) + 1

    def note_ended(self, tester_id: str) -> None:
        """A render ended, well or not."""
        left = self._in_flight.pop(tester_id) - 1
        if left:
            self._in_flight[tester_id] = left

    def in_flight(self, tester_id: str) -> int:
        """Renders of the tester that have not ended."""
        return self._in_flight.get(tester_id, 0)

    def refusal(self, tester_id: str, quota: Quota, now: float) -> errors.TooMany | None:
        """Why one more render is refused, or None."""
        wait = self._ordered.wait(tester_id, quota.renders_per_day, now)
        if wait > 0.0:
            return errors.QuotaExhausted(
                f"The quota of {quota.renders_per_day} renders in 24 hours is used up.", retry_after=wait
            )
        if self.in_flight(tester_id) >= quota.concurrent_renders:
            return errors.TooManyRenders(
                f"{quota.concurrent_renders} renders at once are the limit; wait until one has finished.",
                retry_after=RETRY_SOON,
            )
        return None
