"""Pull: the gate fetches the list every few seconds; if nothing has changed, the answer is empty."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Positive, Seconds

from .silence import Silence, lasts


class Pull(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="pull"):
    """The whole view, fetched every `every` seconds with a conditional request (RFC 9110 §13)."""

    guarantee: ClassVar[str] = "refused everywhere within every + timeout"
    in_silence: ClassVar[str] = "a view older than every + timeout is silence, and decided by `silence`"

    every: Positive = 30.0                         # seconds between two fetches
    timeout: Positive = 5.0                        # no answer within this is silence; then it is asked again
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0                           # silence `grace`: for how long to admit on the old view

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.every + self.timeout, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return min(self.every + self.timeout + lasts(self.silence, self.grace), token_lifetime)
