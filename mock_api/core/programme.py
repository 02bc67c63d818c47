"""The early-access programme: who is in it, with which key, and which access tokens are out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from math import inf
from sys import intern
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from . import tester_keys
from .errors import NotFound, TooManyTokens
from .events import (
    Revoked,
    SigningKeyRetired,
    TesterActivated,
    TesterInvited,
    TesterKeyIssued,
    TesterLeft,
    TesterThrottled,
    TokenIssued,
)
from .in_force import InForce
from .policy import Quota
from .status_lists import Place

if TYPE_CHECKING:
    from .authority import Authority

TesterState = Literal["invited", "active", "suspended", "left"]


class IssuedToken(Struct, frozen=True, order=True, gc=False):
    """An access token that is out. `expires_at` stands first, so that tokens order by expiry."""

    expires_at: float
    jti: str
    tester_id: str
    kid: str
    issued_at: float
    scope: str
    cohort: str
    family: str | None = None        # the refresh-token family it descends from
    place: Place | None = None       # in a status list


class TokenTerms(NamedTuple):
    """What an access token is to be: the key it is bound to, its family, and the instant it must not outlive.

    `subject`: the access token that is exchanged for it.
    """

    scope: str
    origin: str
    thumbprint: str | None = None
    family: str | None = None
    not_after: float = inf
    subject: str | None = None


class TesterKey(Struct):
    """What we keep of a tester key: never the key."""

    key_id: str
    key_hash: str
    issued_at: float
    after: int                       # how many revocations of testers there had been: it outlives those


class Tester(Struct):
    """Somebody in the programme. Instants are epoch seconds; None means not yet."""

    tester_id: str
    name: str
    cohort: str
    quota: Quota | None
    invited_at: float
    activated_at: float | None = None
    left_at: float | None = None
    throttled_to: int | None = None  # requests per minute
    key: TesterKey | None = None     # a new key replaces the old one
    last_token_at: float | None = None
    live_tokens: int = 0             # that have not expired, revoked ones among them


class Programme:
    """Testers by id, and the access tokens that have not expired by `jti`."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._by_key: dict[str, Tester] = {}
        self._expiring: list[IssuedToken] = []  # a heap
        self._expired: list[IssuedToken] = []   # still in the books
        self._is_waiting = False                # for the next token to expire
        self.cohorts: Counter[str] = Counter()  # how many were ever invited to each
        self.in_force = InForce(authority)
        self._pepper: bytes | None = None
        self.testers: dict[str, Tester] = {}
        self.tokens: dict[str, IssuedToken] = {}

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the programme."""
        return {
            TesterInvited: self.apply_tester_invited,
            TesterKeyIssued: self.apply_tester_key_issued,
            TesterActivated: self.apply_tester_activated,
            TesterLeft: self.apply_tester_left,
            TesterThrottled: self.apply_tester_throttled,
            TokenIssued: self.apply_token_issued,
            Revoked: self.apply_revoked,
            SigningKeyRetired: self.apply_signing_key_retired,
        }

    # --- questions ------------------------------------------------------------------------------------------

    def tester(self, tester_id: str) -> Tester:
        """The tester of that id; raises NotFound."""
        tester = self.testers.get(tester_id)
        if tester is None:
            raise NotFound("No such tester.", param="tester_id")
        return tester

    def holder(self, key: str) -> Tester | None:
        """The tester whose current key this is, be it revoked or not."""
        return self._by_key.get(self.hash_key(key)) if tester_keys.is_well_formed(key) else None

    def hash_key(self, key: str) -> str:
        """The keyed hash under which a tester or operator key is known."""
        if self._pepper is None:
            self._pepper = tester_keys.pepper(self._authority.vault, self._authority.secrets)
        return tester_keys.keyed_hash(self._pepper, key)

    def state_of(self, tester: Tester, now: float) -> TesterState:
        """Where the tester stands; suspension comes before the rest of an active membership."""
        if tester.left_at is not None:
            return "left"
        if self._authority.register.suspended.covers_tester(tester, now):
            return "suspended"
        return "invited" if tester.activated_at is None else "active"

    def requests_per_minute(self, tester: Tester) -> int:
        """The rate in force for the tester: throttled, own or the policy's, whichever is least generous."""
        rate = (tester.quota or self._authority.policy.quota).requests_per_minute
        throttled_to = tester.throttled_to
        return rate if throttled_to is None or throttled_to > rate else throttled_to

    def quota_of(self, tester_id: str) -> Quota:
        """The quota in force for a tester."""
        tester = self.tester(tester_id)
        quota = tester.quota or self._authority.policy.quota
        return replace(quota, requests_per_minute=self.requests_per_minute(tester))

    # --- commands -------------------------------------------------------------------------------------------

    def invite(
        self, names: Iterable[str], cohort: str, quota: Quota | None, now: float, by: str
    ) -> list[tuple[Tester, str]]:
        """Invite one tester for each name and return them with their keys, which nobody can show again."""
        invited = []
        for name in names:
            tester_id = self._authority.ids.new("tester")
            self._authority.record(TesterInvited(now, tester_id, name, cohort, quota, by))
            invited.append((self.testers[tester_id], self.issue_key(tester_id, now)))
        return invited

    def issue_key(self, tester_id: str, now: float) -> str:
        """Make a tester key, which replaces the one before, and return it."""
        key = tester_keys.mint(self._authority.secrets)
        key_id = self._authority.ids.new("tkey")
        self._authority.record(TesterKeyIssued(now, key_id, tester_id, self.hash_key(key)))
        return key

    def check_room(self, tester: Tester, now: float) -> None:
        """Raise TooManyTokens if the tester holds as many access tokens as the quota allows."""
        limit = self.quota_of(tester.tester_id).live_tokens
        self.expire(now)
        if tester.live_tokens >= limit:
            raise TooManyTokens(f"This tester holds {limit} live access tokens, which is the quota.")

    def issue_token(self, tester: Tester, terms: TokenTerms, now: float) -> IssuedToken:
        """Enter a new access token in the books; the first one makes an invited tester an active one.

        Raises TooManyTokens at the quota.
        """
        self.check_room(tester, now)
        kid = self._authority.keyring.ensure(now).kid
        jti = self._authority.ids.new("at")
        expires_at = min(now + self._authority.policy.token_lifetime, terms.not_after)
        if tester.activated_at is None:
            self._authority.record(TesterActivated(now, tester.tester_id))
        status_index = self._authority.status_lists.draw(now)
        self._authority.record(
            TokenIssued(
                now, jti, tester.tester_id, kid, expires_at, terms.scope, terms.origin, terms.family, status_index,
                terms.subject,
            )
        )
        return self.tokens[jti]

    # --- events ---------------------------------------------------------------------------------------------

    def apply_tester_invited(self, event: TesterInvited) -> None:
        """Somebody is on the list."""
        tester = Tester(event.tester_id, event.name, event.cohort, event.quota, event.at)
        self.testers[event.tester_id] = tester
        self.cohorts[event.cohort] += 1

    def apply_tester_key_issued(self, event: TesterKeyIssued) -> None:
        """The new key counts, the old one does not."""
        tester = self.testers[event.tester_id]
        worked = self.in_force.key_works(tester)
        if tester.key is not None:
            del self._by_key[tester.key.key_hash]
        tester.key = TesterKey(event.key_id, event.key_hash, event.at, self.in_force.revocations)
        self.in_force.note_key(tester, worked=worked)
        self._by_key[event.key_hash] = tester

    def apply_tester_activated(self, event: TesterActivated) -> None:
        """The key was used."""
        self.testers[event.tester_id].activated_at = event.at

    def apply_tester_left(self, event: TesterLeft) -> None:
        """The gate refuses the tester's tokens from now on."""
        tester = self.testers[event.tester_id]
        if tester.left_at is None:
            self.in_force.note_left(tester, event.at)
        tester.left_at = event.at

    def apply_tester_throttled(self, event: TesterThrottled) -> None:
        """The latest word on a tester's rate counts."""
        self.testers[event.tester_id].throttled_to = event.requests_per_minute

    def apply_token_issued(self, event: TokenIssued) -> None:
        """Keep the token, and drop those that have expired meanwhile."""
        tester = self.testers[event.tester_id]
        tester.last_token_at = event.at
        # A million tokens share the strings of testers, keys and grants; a replayed log would bring copies.
        kid = self._authority.keyring.keys[event.kid].kid
        index = event.status_index
        token = IssuedToken(
            event.expires_at, event.jti, tester.tester_id, kid, event.at, intern(event.scope), tester.cohort,
            event.family, None if index is None else Place(self._authority.status_lists.newest, index),
        )
        self.tokens[event.jti] = token
        tester.live_tokens += 1
        self.in_force.enter(token, tester)
        heappush(self._expiring, token)
        self.expire(event.at)
        for expired in self._expired:
            del self.tokens[expired.jti]
        self._expired.clear()
        self._wait()

    def apply_revoked(self, event: Revoked) -> None:
        """Count out what works no longer. A key made later counts, were it at the same instant."""
        self.expire(event.at)
        self.in_force.revoke(event)

    def apply_signing_key_retired(self, event: SigningKeyRetired) -> None:
        """Count out what the key has signed."""
        self.expire(event.at)
        self.in_force.retire(event.kid, event.at)

    def expire(self, now: float) -> None:
        """Count out the tokens whose time is up; in the books they stay until the next one is issued."""
        expiring = self._expiring
        while expiring and expiring[0].expires_at <= now:
            token = heappop(expiring)
            self._expired.append(token)
            self.testers[token.tester_id].live_tokens -= 1
            self.in_force.expire(token)

    def _wait(self) -> None:
        """Count out each token at its time, so that nobody who asks has to wait for a million of them."""
        if not self._is_waiting and self._expiring:
            self._is_waiting = True
            self._authority.forgetting.set(self._expiring[0].expires_at, self._wait_no_longer, "")

    def _wait_no_longer(self, _: str, at: float) -> None:
        self.expire(at)
        self._is_waiting = False
        self._wait()
