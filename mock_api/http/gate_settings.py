"""What the authority tells a gate when it starts: everything it has to agree on with its gates."""

from __future__ import annotations

from msgspec import Struct

from mock_api.core.enforcement import Enforcement
from mock_api.core.policy import ExhibitName


class PushChannels(Struct, frozen=True):
    """Where the authority publishes its notices in Redis: one stream for them, one for the pulses."""

    notices: str
    pulses: str


class GateSettings(Struct, frozen=True):
    """Whose tokens to read, how to keep the view, and where news is to be had. Spans are seconds.

    `pushes` is None where the authority publishes over no Redis; its server-sent events are always there. `exhibits`
    are the ways in which the gate is to be wrong, for practice. `takes_proofs`: tokens may be bound to keys (RFC 9449).
    """

    issuer: str
    audience: str
    enforcement: Enforcement
    token_lifetime: float
    feed: str
    pulse: float
    now: float
    pushes: PushChannels | None = None
    exhibits: tuple[ExhibitName, ...] = ()
    takes_proofs: bool = False
