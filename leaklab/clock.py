"""The one file that reads the wall clock."""

from __future__ import annotations

import time


class SystemClock:
    """Real time. It never goes back, even when somebody sets the machine's clock back."""

    def __init__(self) -> None:
        self._started_at = time.time()  # noqa: TID251 - this file owns the wall clock.
        self._monotonic_at_start = time.monotonic()  # noqa: TID251 - as above.

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        elapsed = time.monotonic() - self._monotonic_at_start  # noqa: TID251 - as above.
        return self._started_at + elapsed


class FastClock:
    """Time that runs `speed` times as fast as real time, from the real instant at which it was made or a later one."""

    def __init__(self, speed: float) -> None:
        self._real = SystemClock()
        self._made_at = self._started_at = self._real.now()
        self._speed = speed

    def now(self) -> float:
        """Seconds since the Unix epoch, in the faster time."""
        return self._started_at + (self._real.now() - self._made_at) * self._speed

    def catch_up(self, instant: float) -> None:
        """Go on from `instant` (epoch seconds) if it lies ahead: a fast range is resumed where it was left."""
        self._started_at += max(0.0, instant - self.now())
