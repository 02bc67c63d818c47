"""Introspection: the gate asks the authority about each token, and may remember the answer for a while."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Positive, Seconds

from .silence import Silence, lasts


class Introspection(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="introspection"
):
    """Ask about each token (RFC 7662); an answer serves for `ttl` seconds from when it was asked for."""

    guarantee: ClassVar[str] = "refused everywhere within ttl; with ttl 0 no request that starts after is admitted"
    in_silence: ClassVar[str] = "while the authority does not answer, what is not remembered is decided by `silence`"

    ttl: Seconds = 0.0                             # how long an answer is remembered; 0: not at all
    timeout: Positive = 2.0                        # no answer within this is silence
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0                           # silence `grace`: for how long to admit without an answer

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.ttl, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return min(self.ttl + lasts(self.silence, self.grace), token_lifetime)
