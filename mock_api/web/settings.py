"""What may be set about the way the API speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Limits and manners of the wire. Spans are seconds, sizes bytes."""

    knock: bool = True                   # settle every `knock_every`: watchers hear of what fell due at once
    knock_every: float = 0.1
    poll_after: float = 1.0              # how long a client should wait between polls of one video
    body_limit: int = 25 * 1024 * 1024   # a request body; a data URL of OpenAI's longest image still fits
    redis_url: str | None = None         # where notices for gates in front are published, besides server-sent events
    public_url: str | None = None        # where clients reach the API: proofs of possession name it; None: the issuer
    rate_limits: bool = True             # say on each answer under /v1 how much of the rate is left
    signal_hosts: frozenset[str] = frozenset()  # where signals may be pushed to, by name, besides loopback
    access_log: bool = False             # one line per request, without query, headers or secrets
