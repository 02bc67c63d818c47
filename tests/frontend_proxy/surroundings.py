"""Time and names for the front end's tests."""

from __future__ import annotations


class SetClock:
    """A clock that stands still until told otherwise; 2100, so that the wall clock read by mistake shows."""

    def __init__(self) -> None:
        self.at = 4_102_444_800.0

    def now(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


class CountingIds:
    """Ids `prefix_1`, `prefix_2`, …"""

    def __init__(self) -> None:
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count}"
