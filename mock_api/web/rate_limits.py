"""How much a tester may still ask for, on every answer under `/v1` (draft-ietf-httpapi-ratelimit-headers).

The windows slide, so what is left is told with the seconds until the oldest request in it stops counting. Where
nothing is left, that is what `Retry-After` says too.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from starlette.types import Scope

from mock_api.core.authority import Authority
from mock_api.core.errors import RateLimited, Refusal

UNDER = "/v1/"
UNKNOWN = frozenset({400, 401})  # answers that may have come before the token was read, or because it could not be
SCHEMES = (b"bearer ", b"dpop ")

Headers = list[tuple[bytes, bytes]]


class RateLimits:
    """Reads the quota windows for the headers; decoding a token that the gate has just decoded costs a look-up."""

    def __init__(self, authority: Authority) -> None:
        self._decode = authority.access_tokens.decode
        self._testers = authority.programme.testers
        self._limit = authority.programme.requests_per_minute
        self._window = authority.gate.rates
        self._clock = authority.clock

    def headers(self, scope: Scope, status: int) -> Headers:
        """The headers of an answer under `/v1`; none where no tester is known to have asked."""
        if status in UNKNOWN:
            return []
        token = _token(scope)
        try:
            tester = self._testers.get(self._decode(token).tester_id) if token is not None else None
        except Refusal:
            return []
        if tester is None:
            return []
        limit, span = self._limit(tester), self._window.span
        policy = (b"ratelimit-policy", _policy(limit, span))
        if status == 429 and scope.get("refusal") != RateLimited.code:
            return [policy]  # `Retry-After` speaks of another quota, and must not be contradicted.
        left, seconds = self._left(tester.tester_id, limit)
        return [policy, (b"ratelimit", b'"requests";r=%d;t=%d' % (left, seconds))]

    def _left(self, tester_id: str, limit: int) -> tuple[int, int]:
        """How many more requests fit, and the whole seconds until one more does; at most the window's length."""
        now, span = self._clock.now(), self._window.span
        admitted = self._window.admitted.get(tester_id)
        if not admitted or admitted[-1] <= now - span:
            return limit, 0
        over = len(admitted) - limit
        first = max(over, 0)
        while admitted[first] <= now - span:  # Only refusals find requests that no longer count.
            first += 1
        return max(0, limit - len(admitted) + first), ceil(admitted[first] + span - now)


@lru_cache(maxsize=256)
def _policy(limit: int, span: float) -> bytes:
    return b'"requests";q=%d;w=%d' % (limit, span)


def _token(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.partition(b" ")
            return token.decode("latin-1") if scheme.lower() + b" " in SCHEMES else None
    return None
