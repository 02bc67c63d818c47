"""A small rise that lasts."""

from __future__ import annotations

from math import ceil

from msgspec import Struct

from mock_api.core.policy import CusumDetector

from .watcher import REARM, span_in_words


class CusumWatch(Struct, gc=False):
    """The one-sided cumulative sum S ← max(0, S + x − (expected + slack)) over windows with x requests.

    It speaks once S reaches `decision`, also within the open window, for requests only add (Page 1954,
    "Continuous inspection schemes"). S is capped at `decision`, so that a token which calms down is not
    held to its past. After an alert S starts from 0 again.
    """

    detector: CusumDetector
    window_index: float = -1.0                     # the open window, counted from the epoch; -1: none yet
    closes_at: float = 0.0
    requests: int = 0                              # in the open window
    sum: float = 0.0                               # over the closed windows
    loud: float = 0.0                              # requests in the open window at which it speaks
    quiet_until: float = 0.0

    def take(self, at: float, origin: str) -> bool:  # noqa: ARG002 - one signature for all.
        """Count a request; True if the detector would speak now."""
        if at >= self.closes_at:
            self._turn(at)
        self.requests += 1
        return self.requests >= self.loud and at >= self.quiet_until

    def speaks(self, at: float) -> bool:
        """Whether the sum has reached `decision`, and no alert was raised within `REARM`."""
        return self.requests >= self.loud and at >= self.quiet_until

    def hush(self, at: float) -> None:
        """Silent for `REARM` seconds from `at` on, and the sum starts anew."""
        self.quiet_until = at + REARM
        self.sum, self.requests = 0.0, 0
        self._listen()

    def evidence(self) -> str:
        """How far above the expected, and what was expected."""
        detector = self.detector
        span = span_in_words(detector.window)
        above = self.sum + self.requests - detector.expected - detector.slack
        normal = f"{detector.expected:g} (+{detector.slack:g}) in {span}"
        return f"{above:.0f} requests have piled up above the expected {normal}"

    def absorb(self, requests: int, silent: int = 0) -> None:
        """Add a window with `requests` requests to the sum, then `silent` windows without any, at once."""
        detector = self.detector
        explained = detector.expected + detector.slack
        total = min(max(0.0, self.sum + requests - explained), detector.decision)
        self.sum = max(0.0, total - silent * explained) if silent > 0 else total

    def _turn(self, at: float) -> None:
        window = self.detector.window
        index = at // window
        if self.window_index >= 0:
            self.absorb(self.requests, int(index - self.window_index) - 1)
        self.window_index = index
        self.closes_at = (index + 1) * window
        self.requests = 0
        self._listen()

    def _listen(self) -> None:
        detector = self.detector
        self.loud = detector.decision + detector.expected + detector.slack - self.sum


def cusum_memory(detector: CusumDetector) -> float:
    """Seconds of silence after which the sum is certainly back at 0: the token is as good as new."""
    drift = detector.expected + detector.slack
    return detector.window * (1 + ceil(detector.decision / drift))
