"""Status lists: every access token has a place in an array of bits that anybody may fetch (Token Status List, draft).

A token's place is drawn at random and never given twice. When one list is full the next is opened; each keeps the size
and width it was opened with. A revocation of one token changes one place; a cutoff changes nothing until somebody
fetches the list: then every place is looked at, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from .enforcement import StatusLists
from .enforcement.questions import StatusList
from .errors import NotFound
from .events import (
    ProgrammePaused,
    ProgrammeResumed,
    Revoked,
    SigningKeyRetired,
    StatusListOpened,
    Suspended,
    SuspensionLifted,
    TesterLeft,
    TokenIssued,
)
from .scopes import FamilyScope, Scope, TokenScope
from .status_codec import INVALID, SUSPENDED, VALID, compress, pack
from .status_reader import TYPE

if TYPE_CHECKING:
    from .authority import Authority
    from .programme import IssuedToken

DRAWS = 64                   # of a place, before the next free one is taken
UNLESS_SAID = StatusLists()  # for lists that outlive their policy


class Place(Struct, frozen=True, order=True, gc=False):
    """Where a token stands: the number of its list, and the index in it."""

    number: int
    index: int


class SignedList(NamedTuple):
    """A status list token (§5.1), when it was signed (epoch seconds) and with which key; `max_age` is seconds."""

    token: str
    signed_at: float
    kid: str
    max_age: float


class PublishedList:
    """One list: who stands where, and what is said of them."""

    __slots__ = ("bits", "free", "holders", "is_changed", "is_stale", "last_expiry", "number", "packed", "signed",
                 "size", "statuses", "taken")

    def __init__(self, opened: StatusListOpened, decoys: list[int]) -> None:
        self.number, self.bits, self.size = opened.number, opened.bits, opened.size
        self.holders: list[IssuedToken | None] = [None] * opened.size
        self.taken = bytearray(opened.size)     # 1: given out, or a decoy
        self.statuses = bytearray(opened.size)  # one a byte
        self.free = opened.size - len(decoys)
        self.last_expiry = opened.at
        self.is_stale = False                   # every place is to be looked at
        self.is_changed = True                  # since it was packed
        self.packed = b""
        self.signed: SignedList | None = None
        for place, index in enumerate(decoys):
            self.taken[index] = 1
            self.statuses[index] = INVALID if place % 2 else VALID

    def enter(self, index: int, token: IssuedToken) -> None:
        """Give a place to a token."""
        self.taken[index], self.holders[index] = 1, token
        self.free -= 1
        self.last_expiry = max(self.last_expiry, token.expires_at)

    def say(self, index: int, status: int) -> None:
        """Set the status of a place."""
        if self.statuses[index] != status:
            self.statuses[index] = status
            self.is_changed = True

    def draw(self, luck: Random) -> int:
        """A free place."""
        for _ in range(DRAWS):
            index = luck.randrange(self.size)
            if not self.taken[index]:
                return index
        beyond = self.taken.find(0, index)
        return beyond if beyond >= 0 else self.taken.find(0)


class StatusListBooks:
    """All lists that are published, by number from 1."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._lists: dict[int, PublishedList] = {}
        self._newest: PublishedList | None = None

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the lists."""
        return {
            StatusListOpened: self.apply_status_list_opened,
            TokenIssued: self.apply_token_issued,
            Revoked: self.apply_stopped,
            Suspended: self.apply_stopped,
            **dict.fromkeys(
                (SuspensionLifted, ProgrammePaused, ProgrammeResumed, TesterLeft, SigningKeyRetired),
                self.apply_any_change,
            ),
        }

    # --- questions ------------------------------------------------------------------------------------------

    @property
    def newest(self) -> int:
        """The number of the list whose places are given out now; 0 before the first."""
        return 0 if self._newest is None else self._newest.number

    @property
    def aggregation_uri(self) -> str:
        """Where the addresses of all lists are told (§9.3)."""
        return f"{self._authority.issuer}/status-lists"

    def uri(self, number: int) -> str:
        """The address of a list, as tokens carry it."""
        return f"{self.aggregation_uri}/{number}"

    def uris(self, now: float) -> list[str]:
        """The addresses of the lists that some token still needs, and of the newest."""
        return [
            self.uri(each.number) for each in self._lists.values() if each is self._newest or now < each.last_expiry
        ]

    def content(self, number: int, now: float) -> StatusList:
        """A list as it stands; raises NotFound."""
        published = self._find(number)
        self._pack(published, now)
        ttl = self._declared.ttl
        return StatusList(self.uri(number), published.bits, published.packed, now, now + 2 * ttl, ttl)

    def signed(self, number: int, now: float) -> SignedList:
        """A list as a signed token: the last one, unless something has changed or half its time is over.

        Raises NotFound.
        """
        published, ttl = self._find(number), self._declared.ttl
        changed = self._pack(published, now)
        signed, kid = published.signed, self._authority.keyring.ensure(now).kid
        if changed or signed is None or signed.kid != kid or signed.max_age != ttl or now >= signed.signed_at + ttl / 2:
            published.signed = signed = SignedList(self._sign(published, ttl, kid, now), now, kid, ttl)
        return signed

    def draw(self, now: float) -> int | None:
        """A place in the newest list for a token about to be issued; None where the policy publishes no lists."""
        declared = self._authority.policy.enforcement
        if not isinstance(declared, StatusLists):
            return None
        size, newest = declared.size + -declared.size % 8, self._newest
        if newest is None or not newest.free or (newest.size, newest.bits) != (size, declared.bits):
            decoys = min(int(size * declared.decoys), size - 1)
            self._authority.record(StatusListOpened(now, self.newest + 1, size, declared.bits, decoys))
            newest = self._lists[self.newest]
        return newest.draw(self._authority.streams.stream("status-list-places"))

    # --- what events change ---------------------------------------------------------------------------------

    def apply_status_list_opened(self, event: StatusListOpened) -> None:
        """Places are given out in the new list; lists that no token needs any more are dropped."""
        for number in [number for number, each in self._lists.items() if each.last_expiry <= event.at]:
            del self._lists[number]
        # From the vault, so that neither the log nor a guess tells which places mean nothing.
        seed = self._authority.programme.hash_key(f"decoys of status list {event.number}")
        decoys = Random(seed).sample(range(event.size), event.decoys)  # noqa: S311 - keyed by a secret.
        self._newest = self._lists[event.number] = PublishedList(event, decoys)

    def apply_token_issued(self, event: TokenIssued) -> None:
        """The token takes its place."""
        if event.status_index is not None and self._newest is not None:
            token = self._authority.programme.tokens[event.jti]
            self._newest.enter(event.status_index, token)
            self._say_of(token)

    def apply_stopped(self, event: Revoked | Suspended) -> None:
        """One place, or all that somebody may look at from now on."""
        tokens = self._named(event.scope)
        if tokens is None:
            self.apply_any_change(event)
        for token in tokens or ():
            self._say_of(token)

    def apply_any_change(self, _: object) -> None:
        """Whatever it changes is found out when somebody asks."""
        for published in self._lists.values():
            published.is_stale = True

    # --- the rest -------------------------------------------------------------------------------------------

    @property
    def _declared(self) -> StatusLists:
        enforcement = self._authority.policy.enforcement
        return enforcement if isinstance(enforcement, StatusLists) else UNLESS_SAID

    def _named(self, scope: Scope) -> Iterable[IssuedToken] | None:
        """The tokens of a scope that names few; None for the others."""
        if isinstance(scope, TokenScope):
            token = self._authority.programme.tokens.get(scope.jti)
            return () if token is None else (token,)
        if isinstance(scope, FamilyScope):
            family = self._authority.families.families.get(scope.family_id)
            return () if family is None else family.tokens
        return None

    def _say_of(self, token: IssuedToken) -> None:
        published = None if token.place is None else self._lists.get(token.place.number)
        if token.place is not None and published is not None:
            published.say(token.place.index, self._status(token, published.bits))

    def _status(self, token: IssuedToken, bits: int) -> int:
        register = self._authority.register
        if register.revoked.covers(token) or self._authority.programme.testers[token.tester_id].left_at is not None:
            return INVALID
        if bits > 1 and (register.paused or (register.suspensions and register.suspended.covers(token))):
            return SUSPENDED
        return VALID

    def _find(self, number: int) -> PublishedList:
        published = self._lists.get(number)
        if published is None:
            raise NotFound("There is no such status list.", param="number")
        return published

    def _pack(self, published: PublishedList, now: float) -> bool:
        """Bring a list up to date; whether it says something else than before."""
        if published.is_stale:
            for index, token in enumerate(published.holders):
                if token is None:
                    continue
                if token.expires_at <= now:
                    published.holders[index] = None  # Whatever stands there stays.
                else:
                    published.say(index, self._status(token, published.bits))
            published.is_stale = False
        if not published.is_changed:
            return False
        published.packed = pack(published.statuses, published.bits)
        published.is_changed = False
        published.signed = None
        return True

    def _sign(self, published: PublishedList, ttl: float, kid: str, now: float) -> str:
        """The status list token (§5.1); good for two `ttl`, so that what is fetched late can still be used for one."""
        claims: dict[str, object] = {
            "sub": self.uri(published.number),
            "iat": int(now),
            "exp": ceil(now + 2 * ttl),
            "ttl": int(ttl) if ttl == int(ttl) else ttl,
            "status_list": {
                "bits": published.bits, "lst": compress(published.packed), "aggregation_uri": self.aggregation_uri,
            },
        }
        return self._authority.access_tokens.sign(claims, kid, TYPE)
