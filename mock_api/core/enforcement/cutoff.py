"""Cutoff: gates know nothing but instants, of everybody, of a tester, of a cohort: what is older is refused."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mock_api.core.quantities import Positive, Seconds

from .silence import Silence, lasts


class Cutoff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="cutoff"):
    """Not-before instants, fetched every `every` seconds; two on the same thing compose to the later one.

    The smallest view there is, and the bluntest: to revoke one token is to revoke all its tester holds by now. A
    suspension becomes a cutoff too, so it outlasts its end for the tokens of its time.
    """

    guarantee: ClassVar[str] = "refused everywhere within every + timeout, with all older tokens of the same tester"
    in_silence: ClassVar[str] = "a view older than every + timeout is silence, and decided by `silence`"

    every: Positive = 10.0                         # seconds between two fetches
    timeout: Positive = 5.0
    silence: Silence = "fail-closed"
    grace: Seconds = 0.0

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.every + self.timeout, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return min(self.every + self.timeout + lasts(self.silence, self.grace), token_lifetime)
