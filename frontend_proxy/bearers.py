"""What to put behind `Bearer`: the access token itself, or one bought with a tester key, renewed in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import httpx2

from .answers import read_object
from .core.credentials import Credential, Secret
from .core.ports import Clock
from .core.slots import FATAL_403
from .upstream_errors import UpstreamRefusal, UpstreamSilent

RENEW_AHEAD = 0.1  # Of the lifetime, so that nobody is refused for a clock that is a little off.
RENEW_AHEAD_SECONDS = 30.0  # But never more than this.


class Bought(NamedTuple):
    """An access token and the instant (epoch seconds) from which a new one is wanted."""

    token: Secret
    renew_at: float


class Bearers:
    """Access tokens by credential alias (OAuth 2.0 client credentials, RFC 6749 §4.4).

    `ask` posts a form to the token endpoint and returns the answer.
    """

    def __init__(self, ask: Callable[[dict[str, str]], Awaitable[httpx2.Response]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._bought: dict[str, Bought] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def bearer(self, credential: Credential) -> Secret:
        """A token that should be good now; raises UpstreamRefusal if the key buys none."""
        if credential.tester_id is None:
            return credential.secret
        async with self._locks.setdefault(credential.alias, asyncio.Lock()):
            bought = self._bought.get(credential.alias)
            if bought is None or bought.renew_at <= self._clock.now():
                bought = self._bought[credential.alias] = await self._buy(credential, credential.tester_id)
            return bought.token

    def forget(self, credential: Credential, token: Secret) -> bool:
        """`token` was refused; true if another one can be bought."""
        bought = self._bought.get(credential.alias)
        if bought is not None and bought.token == token:
            del self._bought[credential.alias]
        return credential.tester_id is not None

    async def _buy(self, credential: Credential, tester_id: str) -> Bought:
        form = {
            "grant_type": "client_credentials",
            "client_id": tester_id,
            "client_secret": credential.secret.reveal(),
        }
        grant = _grant(await self._ask(form))
        token, lifetime = grant.get("access_token"), grant.get("expires_in")
        if not isinstance(token, str) or not isinstance(lifetime, int | float) or lifetime <= 0:
            raise UpstreamSilent("The token endpoint's answer holds no token.")
        ahead = min(RENEW_AHEAD * lifetime, RENEW_AHEAD_SECONDS)
        return Bought(Secret(token), self._clock.now() + lifetime - ahead)


def _grant(response: httpx2.Response) -> dict[str, Any]:
    """The token endpoint's answer; raises UpstreamRefusal as the gate would put it.

    RFC 6749 §5.2 has it answer 400 where the key is good but its holder may not come in: elsewhere that is a 403.
    """
    try:
        return read_object(response)
    except UpstreamRefusal as refusal:
        if refusal.status == 400 and refusal.code in FATAL_403:
            raise UpstreamRefusal(403, refusal.code, refusal.retry_after) from None
        raise
