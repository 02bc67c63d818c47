"""One token in more hands than one person has."""

from __future__ import annotations

from msgspec import Struct, field

from mock_api.core.policy import ConcurrencyDetector

from .watcher import REARM, span_in_words

ORIGINS_KEPT = 64  # per token; beyond it the number of origins is a lower bound.


class ConcurrencyWatch(Struct):
    """Distinct origins (address and client) within a sliding window; it speaks at `origins` of them.

    The "impossible travel" rule of identity providers, without the map; address and client as the marks of a
    person: Freeman et al. 2016, "Who are you? A statistical approach to measuring user authenticity". Weak
    against a single front end, whose visitors all show one origin. Old origins are only dropped when their
    number comes near the limit, so that an ordinary token costs one dictionary entry per request.
    """

    detector: ConcurrencyDetector
    last_seen: dict[str, float] = field(default_factory=dict)
    quiet_until: float = 0.0

    def take(self, at: float, origin: str) -> bool:
        """Count a request; True if the detector would speak now."""
        seen = self.last_seen
        seen[origin] = at
        if len(seen) < self.detector.origins:
            return False
        if at < self.quiet_until:
            if len(seen) > ORIGINS_KEPT:
                self._forget(at)
            return False
        return self.speaks(at)

    def speaks(self, at: float) -> bool:
        """Whether too many origins are about, and no alert was raised within `REARM`."""
        if at < self.quiet_until or len(self.last_seen) < self.detector.origins:
            return False
        self._forget(at)
        return len(self.last_seen) >= self.detector.origins

    def hush(self, at: float) -> None:
        """Silent for `REARM` seconds from `at` on."""
        self.quiet_until = at + REARM

    def evidence(self) -> str:
        """How many origins within what span."""
        count = len(self.last_seen)
        at_least = "at least " if count >= max(ORIGINS_KEPT, self.detector.origins) else ""
        return f"{at_least}{count} origins used this token within {span_in_words(self.detector.window)}"

    def _forget(self, at: float) -> None:
        start = at - self.detector.window
        recent = {origin: seen_at for origin, seen_at in self.last_seen.items() if seen_at > start}
        kept = max(ORIGINS_KEPT, self.detector.origins)
        if len(recent) > kept:
            latest = sorted(recent.items(), key=lambda item: item[1])[-kept:]
            recent = dict(latest)
        self.last_seen = recent
