"""Requests far above what this token usually makes."""

from __future__ import annotations

from math import ceil, floor, log, sqrt

from msgspec import Struct

from mock_api.core.policy import RateDetector

from .watcher import REARM, span_in_words


class RateWatch(Struct, gc=False):
    """An exponentially weighted moving average of requests per window, and its variance.

    After a window with x requests: d = x − mean; mean += α d; variance = (1−α)(variance + α d²). (Roberts
    1959, "Control chart tests based on geometric moving averages"; the variance by Finch 2009, "Incremental
    calculation of weighted mean and variance".) The window still open is compared with what closed before
    it, so that a burst is noticed while it lasts. A token without history is judged like one that has been
    silent; `minimum` protects it. Requests come at least as irregularly as chance (Poisson) makes them, so
    the standard deviation is never taken below √max(mean, 1).
    """

    detector: RateDetector
    window_index: float = -1.0                     # the open window, counted from the epoch; -1: none yet
    closes_at: float = 0.0
    requests: int = 0                              # in the open window
    mean: float = 0.0
    variance: float = 0.0
    loud: int = 0                                  # requests in the open window below which nothing is said
    quiet_until: float = 0.0

    def take(self, at: float, origin: str) -> bool:  # noqa: ARG002 - one signature for all.
        """Count a request; True if the detector would speak now."""
        if at >= self.closes_at:
            self._turn(at)
        self.requests += 1
        return self.requests >= self.loud and self.speaks(at)

    def speaks(self, at: float) -> bool:
        """Whether the open window is too full, and no alert was raised within `REARM`."""
        if self.requests < self.loud or at < self.quiet_until:
            return False
        detector = self.detector                   # Few windows come here, so this is worked out late.
        self.loud = max(detector.minimum, floor(self.mean + detector.threshold * self.deviation) + 1)
        return self.requests >= self.loud

    def hush(self, at: float) -> None:
        """Silent for `REARM` seconds from `at` on; the baseline goes on learning."""
        self.quiet_until = at + REARM

    def evidence(self) -> str:
        """What was seen, beside what is usual for this token."""
        span = span_in_words(self.detector.window)
        usual = f"{self.mean:.1f} (±{self.deviation:.1f})"
        return f"{self.requests} requests within {span}; this token's usual rate is {usual}"

    @property
    def deviation(self) -> float:
        """The standard deviation that the threshold is counted in, in requests per window."""
        return sqrt(max(self.variance, self.mean, 1.0))

    def absorb(self, requests: int, silent: int = 0) -> None:
        """Learn a window with `requests` requests, and `silent` windows without any after it, at once.

        n silent windows in closed form: b = (1−α)^n, variance ← b(variance + (1−b) mean²), mean ← b mean.
        """
        smoothing, mean = self.detector.smoothing, self.mean
        difference = requests - mean
        mean += smoothing * difference
        variance = (1 - smoothing) * (self.variance + smoothing * difference * difference)
        if silent > 0:
            kept = (1 - smoothing) ** silent
            variance = kept * (variance + (1 - kept) * mean * mean)
            mean *= kept
        self.mean, self.variance = mean, variance

    def _turn(self, at: float) -> None:
        detector = self.detector
        index = at // detector.window
        if self.window_index >= 0:
            self.absorb(self.requests, int(index - self.window_index) - 1)
        self.window_index = index
        self.closes_at = (index + 1) * detector.window
        self.requests, self.loud = 0, detector.minimum


def rate_memory(detector: RateDetector) -> float:
    """Seconds of silence after which a baseline has decayed to a ten-thousandth."""
    if detector.smoothing == 1:
        return detector.window
    return detector.window * ceil(log(1e-4) / log(1 - detector.smoothing))
