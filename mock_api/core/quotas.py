"""The rate window: how many requests of a tester were admitted within the last minute."""

from __future__ import annotations

from collections import deque

from .policy import MINUTE


class RateWindows:
    """A sliding minute for each tester: no 60 seconds, wherever they begin, hold more than the limit."""

    def __init__(self) -> None:
        self.admitted: dict[str, deque[float]] = {}

    def count(self, tester_id: str, at: float) -> None:
        """A request was admitted at `at` (epoch seconds)."""
        window = self.admitted.get(tester_id)
        if window is None:
            window = self.admitted[tester_id] = deque()
        window.append(at)
        horizon = at - MINUTE
        while window[0] <= horizon:
            window.popleft()

    def wait(self, tester_id: str, limit: int, now: float) -> float:
        """Seconds until the next request fits under `limit` requests per minute; 0 if it fits now."""
        window = self.admitted.get(tester_id)
        if window is None or len(window) < limit:
            return 0.0
        return max(0.0, window[-limit] + MINUTE - now)
