"""Credentials that somebody hands in to have them revoked: whoever holds one may end it, without saying who they are.

The answer never tells whether a credential was ours. Each request leaves one event, whatever it held, and one origin
may hand in so much a minute: a flood costs little, and the log less.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from . import redaction
from .containment import Grounds
from .errors import Invalid, RateLimited
from .events import CredentialsSurrendered
from .quantities import MINUTE
from .recognition import recognise
from .scopes import FamilyScope, Scope, TesterScope, TokenScope

if TYPE_CHECKING:
    from .authority import Authority
    from .recognition import Recognised

AT_ONCE = 1000           # credentials of one request
REQUESTS_PER_MINUTE = 10 # of one host
BETWEEN_PAUSES = 25      # credentials looked at before others get their turn: some milliseconds, if all are forged

GROUNDS = Grounds("Reported by possession.", "whoever held it")


class Surrender:
    """Takes credentials in, and remembers for a minute who brought some."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._brought: OrderedDict[str, list[float]] = OrderedDict()  # by host, those who came last at the end

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the memory of who brought some."""
        return {CredentialsSurrendered: self.apply_credentials_surrendered}

    def take(self, credentials: Sequence[str], origin: str, now: float) -> Iterator[None]:
        """Revoke those that are ours; stops now and then, so that who drives it can let others in.

        Raises Invalid, or RateLimited before anything was looked at.
        """
        if not 1 <= len(credentials) <= AT_ONCE:
            raise Invalid(f"One request takes 1 to {AT_ONCE} credentials.", param="credentials")
        origin = redaction.origin(origin)
        times = self._brought.get(_host(origin), ())
        if len(times) >= REQUESTS_PER_MINUTE and times[-REQUESTS_PER_MINUTE] + MINUTE > now:
            wait = times[-REQUESTS_PER_MINUTE] + MINUTE - now
            raise RateLimited(f"More than {REQUESTS_PER_MINUTE} such requests in a minute.", retry_after=wait)
        self._authority.record(CredentialsSurrendered(now, len(credentials), origin))
        return self._revoke_each(iter(dict.fromkeys(credentials)))

    def apply_credentials_surrendered(self, event: CredentialsSurrendered) -> None:
        """Count the request, and forget whoever has not come for a minute."""
        host, horizon = _host(event.origin), event.at - MINUTE
        times = [at for at in self._brought.pop(host, ()) if at > horizon]
        self._brought[host] = [*times, event.at]
        while next(iter(self._brought.values()))[-1] <= horizon:
            self._brought.popitem(last=False)

    def _revoke_each(self, credentials: Iterator[str]) -> Iterator[None]:
        while some := list(islice(credentials, BETWEEN_PAUSES)):
            now = self._authority.settle()
            for each in some:
                found = recognise(self._authority, each)
                scope = None if found is None else scope_of(self._authority, found, now)
                if scope is not None:
                    self._authority.playbook.containment.revoke(scope, GROUNDS, now)
            yield


def scope_of(authority: Authority, found: Recognised, now: float) -> Scope | None:
    """What a credential can be revoked by, if it still works: a refresh token takes all of its family along."""
    scope: Scope | None = None
    if found.kind == "refresh_token" and found.family_id is not None:
        scope = FamilyScope(found.family_id)
    elif found.kind == "tester_key" and found.tester_id is not None:
        scope = TesterScope(found.tester_id)
    elif found.jti in authority.programme.tokens:
        scope = TokenScope(found.jti)
    return None if scope is None or authority.register.already(scope, now) else scope


def _host(origin: str) -> str:
    return origin.partition(" ")[0]
