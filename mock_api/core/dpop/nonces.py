"""Nonces that the server need not remember: a keyed hash over the minute in which they were given (RFC 9449 §8)."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from mock_api.core.compact import to_base64url

PERIOD = 60.0  # seconds; a nonce is good in its own period and in the next


class Nonces:
    """The nonces of one server. `server` keeps them apart from those of others that share the secret.

    A new secret makes all nonces void: so it should be with a restart, after which nobody remembers which were used.
    """

    def __init__(self, secret: Callable[[], bytes], server: str) -> None:
        self._secret = secret
        self._server = server

    def current(self, now: float) -> str:
        """The nonce to put into the next proof."""
        return self._of(int(now // PERIOD))

    def is_good(self, nonce: str | None, now: float) -> bool:
        """Whether this server gave that nonce in this period or in the one before."""
        if nonce is None:
            return False
        period = int(now // PERIOD)
        return any(hmac.compare_digest(nonce.encode(), self._of(given).encode()) for given in (period, period - 1))

    def _of(self, period: int) -> str:
        return to_base64url(hmac.digest(self._secret(), f"{self._server}/{period}".encode(), "sha256")[:18])
