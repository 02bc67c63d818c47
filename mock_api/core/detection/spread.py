"""A token that never sleeps."""

from __future__ import annotations

from msgspec import Struct

from mock_api.core.policy import SpreadDetector

from .watcher import REARM

ALL_HOURS = (1 << 24) - 1


class SpreadWatch(Struct, gc=False):
    """Hours of the last 24 in which a token was used, as bits; the lowest is the hour that runs.

    People sleep (adults 7 to 9 hours: Hirshkowitz et al. 2015, "National Sleep Foundation's sleep time
    duration recommendations"); resale pools and public pages do not, however low their rate. The rule
    itself is ours.
    """

    detector: SpreadDetector
    hour_index: int = -1                           # hours since the epoch; -1: none yet
    ends_at: float = 0.0
    hours: int = 0
    quiet_until: float = 0.0

    def take(self, at: float, origin: str) -> bool:  # noqa: ARG002 - one signature for all.
        """Note a request; True if the detector would speak now."""
        if at >= self.ends_at:
            self._turn(at)
        return at >= self.quiet_until and self.hours.bit_count() >= self.detector.active_hours

    def speaks(self, at: float) -> bool:
        """Whether too many hours were active, and no alert was raised within `REARM`."""
        return at >= self.quiet_until and self.hours.bit_count() >= self.detector.active_hours

    def hush(self, at: float) -> None:
        """Silent for `REARM` seconds from `at` on."""
        self.quiet_until = at + REARM

    def evidence(self) -> str:
        """How many hours of the last day."""
        return f"this token was used in {self.hours.bit_count()} of the last 24 hours"

    def _turn(self, at: float) -> None:
        index = int(at // 3600)
        passed = min(24, index - self.hour_index) if self.hour_index >= 0 else 24
        self.hours = ((self.hours << passed) | 1) & ALL_HOURS
        self.hour_index = index
        self.ends_at = (index + 1) * 3600.0
