"""Expiry only: nobody tells the gate anything; a token dies of old age."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Seconds


class ExpiryOnly(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="expiry-only"):
    """A token is good until its `exp` (RFC 7519 §4.1.4), whatever is revoked meanwhile."""

    guarantee: ClassVar[str] = "refused everywhere once it has expired, within its lifetime + skew"
    in_silence: ClassVar[str] = "there is no feed that could fall silent"

    skew: Seconds = 1.0                            # how far the gate's clock may be off

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return token_lifetime + self.skew

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return self.bound(token_lifetime)
