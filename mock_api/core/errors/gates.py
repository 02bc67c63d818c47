"""What goes wrong between a gate in front, its callers and the authority."""

from __future__ import annotations

from .refusal import Refusal, Unauthenticated, Unavailable


class GateKeyInvalid(Unauthenticated):
    """This needs the gate key, and what came is not it."""

    code = "gate_key_invalid"


class GateBusy(Unavailable):
    """The gate has as many requests under way as it takes."""

    code = "gate_busy"


class BodySlow(Refusal):
    """The request's body does not go on, and a place at the gate was held for it (RFC 9110 §15.5.9)."""

    status = 408
    code = "request_timeout"


class TooManyFollowers(Unavailable):
    """As many follow this feed as the server keeps lines open for."""

    code = "too_many_followers"


class UpstreamAway(Refusal):
    """The API behind the gate cannot be reached, or broke off (RFC 9110 §15.6.3)."""

    status = 502
    code = "upstream_unreachable"
    kind = "server_error"


class UpstreamSlow(Refusal):
    """The API behind the gate did not answer in time (RFC 9110 §15.6.5)."""

    status = 504
    code = "upstream_timeout"
    kind = "server_error"
