"""Freshness: gates pull slowly; a request that carries the version of a revocation waits for a view as new."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Positive, Seconds

from .silence import Silence, lasts


class Freshness(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="freshness"):
    """A pulled view, and a demand: the answer to a revocation carries a version, and a request may carry it too.

    The idea of the zookie (Pang et al., Zanzibar, USENIX ATC 2019 §2.4): pay for freshness where it matters.
    """

    guarantee: ClassVar[str] = (
        "a request that carries the version of the revocation is refused at once; others within every + timeout"
    )
    in_silence: ClassVar[str] = "a request with a version is refused; others are decided by `silence`"

    every: Positive = 30.0                         # seconds between two fetches
    timeout: Positive = 5.0
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement until every gate refuses requests without a version; with one, 0."""
        return min(self.every + self.timeout, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return min(self.every + self.timeout + lasts(self.silence, self.grace), token_lifetime)
