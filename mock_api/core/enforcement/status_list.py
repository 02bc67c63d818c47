"""Status list: every token has a place in a signed, compressed array of bits that anybody may fetch and cache."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from mock_api.core.quantities import AtLeastOne, Positive, Seconds, Share

from .silence import Silence, lasts


class StatusLists(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="status-list"):
    """Token Status List (draft-ietf-oauth-status-list): fetched as `statuslist+jwt`, used for `ttl` seconds."""

    guarantee: ClassVar[str] = "refused everywhere within ttl + timeout"
    in_silence: ClassVar[str] = "a list older than ttl + timeout is silence, and decided by `silence`"

    ttl: Positive = 30.0                           # how long a fetched list may be used, seconds
    bits: Literal[1, 2] = 2                        # 2 can say that a token is suspended, 1 cannot
    size: AtLeastOne = 131_072                     # places in one list
    decoys: Share = 0.1                            # share of places that are never given out, so that sizes tell less
    timeout: Positive = 5.0
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.ttl + self.timeout, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return min(self.ttl + self.timeout + lasts(self.silence, self.grace), token_lifetime)
