"""Key rotation: whatever is revoked, the signing key goes; gates know the key set and nothing else."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Positive, Seconds

from .silence import Silence, lasts


class KeyRotation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="key-rotation"):
    """A revocation makes a new signing key; the old one leaves the key set (RFC 7517) after `overlap` seconds.

    Everybody has to buy a new token, and the revoked get none. Gates use a fetched key set for `max_age` seconds.
    """

    guarantee: ClassVar[str] = "refused everywhere within overlap + max_age + timeout, with every token of that key"
    in_silence: ClassVar[str] = "a key set older than max_age + timeout is silence, and decided by `silence`"

    overlap: Seconds = 0.0                         # how long the old key stays published beside the new one
    max_age: Positive = 60.0                       # how long a gate may use a fetched key set, seconds
    timeout: Positive = 5.0
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.overlap + self.max_age + self.timeout, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        silent = lasts(self.silence, self.grace)
        return min(self.overlap + self.max_age + self.timeout + silent, token_lifetime)
