"""Sliding windows: how often a tester did something within the last minute, or the last day."""

from __future__ import annotations

from collections import deque

from .quantities import MINUTE


class RateWindows:
    """A sliding window of `span` seconds for each tester: none, wherever it begins, holds more than the limit."""

    def __init__(self, span: float = MINUTE) -> None:
        self.span = span
        self.admitted: dict[str, deque[float]] = {}

    def count(self, tester_id: str, at: float) -> None:
        """Something was admitted at `at` (epoch seconds)."""
        window = self.admitted.get(tester_id)
        if window is None:
            window = self.admitted[tester_id] = deque()
        window.append(at)
        horizon = at - self.span
        while window[0] <= horizon:
            window.popleft()

    def wait(self, tester_id: str, limit: int, now: float) -> float:
        """Seconds until the next one fits under `limit` per span; 0 if it fits now."""
        window = self.admitted.get(tester_id)
        if window is None or len(window) < limit:
            return 0.0
        return max(0.0, window[-limit] + self.span - now)
