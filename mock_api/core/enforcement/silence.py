"""What a gate does while it hears nothing from the authority."""

from __future__ import annotations

from math import inf
from typing import Literal

from mock_api.core.errors import Refusal, ViewStale
from mock_api.core.quantities import Seconds

Silence = Literal["fail-open", "fail-closed", "grace"]
"""`fail-open`: go on admitting. `fail-closed`: refuse. `grace`: go on for the grace, then refuse."""


def verdict(silence: Silence, grace: Seconds, silent_for: float) -> Refusal | None:
    """Refuse or admit after `silent_for` seconds beyond what the enforcement allows for."""
    if silence == "fail-open" or (silence == "grace" and silent_for <= grace):
        return None
    return closed()


def closed() -> Refusal:
    """The refusal of a gate that cannot vouch for its view."""
    return ViewStale("This gate has not heard from the authority for too long.", retry_after=1.0)


def lasts(silence: Silence, grace: Seconds) -> float:
    """For how long (seconds) a silence may keep a revocation from the gate, beyond what the enforcement allows for."""
    return {"fail-open": inf, "fail-closed": 0.0, "grace": grace}[silence]
