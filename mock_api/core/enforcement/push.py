"""Push: the authority tells every gate of each change; numbers show what was missed, a pulse that nobody speaks."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Positive, Seconds

from .silence import Silence, lasts


class Push(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="push"):
    """A snapshot at the start, then numbered notices; a gap is repaired, a missing pulse is silence."""

    guarantee: ClassVar[str] = (
        "refused everywhere within the time a notice travels; a lost notice is noticed at the next pulse, "
        "a lost feed within silent_after + skew"
    )
    in_silence: ClassVar[str] = "with no pulse for `silent_after` seconds all is decided by `silence`"

    pulse: Positive = 0.5                          # seconds between two signs of life of the feed
    silent_after: Positive = 2.0                   # a view older than this is silence
    skew: Seconds = 1.0                            # how far the gate's clock may be off
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0                           # silence `grace`: for how long to admit after `silent_after`

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.silent_after + self.skew, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return min(self.silent_after + self.skew + lasts(self.silence, self.grace), token_lifetime)
