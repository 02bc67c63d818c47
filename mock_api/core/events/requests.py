"""What happens at the gate."""

from __future__ import annotations

from .happened import Happened


class RequestAdmitted(Happened, frozen=True):
    """The gate let a request in. `origin` is what the operator can see of the caller: address and client."""

    jti: str
    tester_id: str
    action: str
    origin: str


class RequestRefused(Happened, frozen=True):
    """The gate, a quota or a rule said no. `jti` and `tester_id` are None where no token could be read."""

    jti: str | None
    tester_id: str | None
    action: str
    origin: str
    code: str
