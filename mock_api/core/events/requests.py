"""What happens at the gate."""

from __future__ import annotations

from .happened import Happened


class RequestAdmitted(Happened, frozen=True, omit_defaults=True):
    """A gate let a request in. `origin` is what the operator can see of the caller: address and client.

    `gate` names the enforcement point in front that decided, None for the authority's own gate.
    """

    jti: str
    tester_id: str
    action: str
    origin: str
    gate: str | None = None


class RequestRefused(Happened, frozen=True, omit_defaults=True):
    """A gate, a quota or a rule said no. `jti` and `tester_id` are None where no token could be read."""

    jti: str | None
    tester_id: str | None
    action: str
    origin: str
    code: str
    gate: str | None = None
