"""What a gate does while it hears nothing from the authority."""

from __future__ import annotations

from math import inf
from typing import Literal

from msgspec import Struct

from mock_api.core.errors import Refusal, ViewStale
from mock_api.core.quantities import Seconds

Silence = Literal["fail-open", "fail-closed", "grace"]
"""`fail-open`: go on admitting. `fail-closed`: refuse. `grace`: go on for the grace, then refuse."""


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the enforcements have in common whose gates hear from the authority, and must decide when they do not."""

    silence: Silence = "fail-closed"
    grace: Seconds = 0.0                           # silence `grace`: for how long to admit after that

    @property
    def delay(self) -> float:
        """For how long (seconds) the enforcement itself may keep a revocation from a gate that hears."""
        raise NotImplementedError

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return min(self.delay, token_lifetime)

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        more = {"fail-open": inf, "fail-closed": 0.0, "grace": self.grace}[self.silence]
        return min(self.delay + more, token_lifetime)


def verdict(silence: Silence, grace: Seconds, silent_for: float) -> Refusal | None:
    """Refuse or admit after `silent_for` seconds beyond what the enforcement allows for."""
    if silence == "fail-open" or (silence == "grace" and silent_for <= grace):
        return None
    return closed()


def closed() -> Refusal:
    """The refusal of a gate that cannot vouch for its view."""
    return ViewStale("This gate has not heard from the authority for too long.", retry_after=1.0)
