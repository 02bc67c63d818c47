"""Refresh-token families: all tokens that descend from one exchange, kept together so that they can die together.

A refresh token is `llr_` + 11 characters of its family's series + 21 characters (125 bits) of its own + checksum. The
series stays as long as the family does, so every token the family ever had is known for one of its own without
being remembered: whoever brings a series with the wrong end has held a token that is spent. One family costs
the same memory after a million rotations as after one. (The series is what a login cookie that notices its own theft
has: Jaspan, "Improved persistent login cookie best practice", 2006.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from msgspec import Struct

from . import tester_keys
from .errors import InvalidGrant, TooManyFamilies
from .events import FamilyStarted, RefreshTokenIssued, Revoked, TokenIssued
from .programme import IssuedToken, Tester
from .scopes import FamilyScope

if TYPE_CHECKING:
    from .authority import Authority
    from .policy import Refresh

SERIES_LENGTH = 11  # characters: 65 bits, beyond guessing
FIRST_LOOK = 60.0   # seconds after which it is first looked whether a family is over

Standing = Literal["current", "retried", "reused"]


class RefreshToken(Struct, frozen=True):
    """The refresh token of a family that may be used: what revocations can cover of it, and its keyed hash."""

    jti: ClassVar[str] = ""  # A refresh token has no id of its own and no signature: only its family, its tester
    kid: ClassVar[str] = ""  # or its time can be revoked.

    tester_id: str
    cohort: str
    family: str
    issued_at: float
    expires_at: float
    token_hash: str
    access_jti: str | None   # the access token that was given with it


class Spent(NamedTuple):
    """The refresh token before the one that may be used, and when it was used first (epoch seconds)."""

    token_hash: str
    at: float


class Family(Struct):
    """One lineage. `expires_at`: no token of it lives longer (epoch seconds)."""

    family_id: str
    tester_id: str
    cohort: str
    scope: str
    started_at: float
    expires_at: float
    thumbprint: str | None           # the key that must prove possession (RFC 9449 §5)
    subject: str | None              # the access token that was exchanged first, if it has no family itself
    series_hash: str | None          # None: there is no refresh token
    tokens: deque[IssuedToken]       # access tokens that have not expired, for all one knows
    exchanged: set[str]              # those of them for which another was given
    refresh_token: RefreshToken | None = None
    spent: Spent | None = None
    is_revoked: bool = False

    def ends_at(self) -> float:
        """When nothing of the family works any more: its refresh token, its last access token."""
        last = max((token.expires_at for token in self.tokens), default=self.started_at)
        if self.subject is not None:  # While the subject lives it would begin another family, and forget that this
            last = max(last, self.expires_at)  # one was revoked.
        if self.is_revoked or self.refresh_token is None:
            return last
        return max(last, self.refresh_token.expires_at)

    def as_a_whole(self) -> RefreshToken:
        """Something of the family that is revoked if and only if all of it is: as old as its newest token."""
        issued_at = self.tokens[-1].issued_at if self.tokens else self.started_at
        if self.refresh_token is not None:
            issued_at = max(issued_at, self.refresh_token.issued_at)
        return RefreshToken(self.tester_id, self.cohort, self.family_id, issued_at, self.expires_at, "", None)


class Families:
    """Families by id; those of which nothing works any more leave memory."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._by_series: dict[str, Family] = {}
        self._by_subject: dict[str, Family] = {}
        self._by_tester: dict[str, dict[str, Family]] = {}  # those with a refresh token
        self.families: dict[str, Family] = {}

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the families."""
        return {
            FamilyStarted: self.apply_family_started,
            RefreshTokenIssued: self.apply_refresh_token_issued,
            TokenIssued: self.apply_token_issued,
            Revoked: self.apply_revoked,
        }

    # --- questions ------------------------------------------------------------------------------------------

    def of(self, text: str) -> Family | None:
        """The family of a refresh token, be it spent, void or revoked; None for what never was one of ours."""
        if not tester_keys.is_well_formed(text, tester_keys.REFRESH):
            return None
        return self._by_series.get(self._hash(series_of(text)))

    def exchanged_for(self, jti: str) -> Family | None:
        """The family that has what was exchanged for an access token: begun with it, or its own; None for nothing.

        Within a family nobody keeps who descends from whom, so that it dies by one revocation (RFC 9700 §4.14).
        """
        token = self._authority.programme.tokens.get(jti)
        own = self.families.get(token.family) if token is not None and token.family is not None else None
        return own if own is not None and jti in own.exchanged else self._by_subject.get(jti)

    def standing(self, family: Family, text: str, grace: float, now: float) -> Standing:
        """What the use of a refresh token of `family` is: its turn, a retry within the grace, or a reuse."""
        token_hash, current, spent = self._hash(text), family.refresh_token, family.spent
        if current is None or current.token_hash == token_hash:
            return "current"
        in_grace = spent is not None and spent.token_hash == token_hash and now < spent.at + grace
        was_used = bool(family.tokens) and family.tokens[-1].jti != current.access_jti  # exchanged, it has descendants
        return "retried" if in_grace and not was_used else "reused"

    def check(self, family: Family, now: float) -> RefreshToken:
        """The refresh token of a family that can still be refreshed; raises InvalidGrant."""
        token = family.refresh_token
        if token is None or token.expires_at <= now:
            raise InvalidGrant("This refresh token has expired.")
        if self._authority.register.revoked.covers(token):
            raise InvalidGrant("This refresh token was revoked.")
        return token

    # --- commands -------------------------------------------------------------------------------------------

    def start(
        self, tester: Tester, scope: str, refresh: Refresh, thumbprint: str | None, now: float
    ) -> tuple[Family, str]:
        """A new family with a refresh token to come, and its series; raises TooManyFamilies at the quota."""
        limit = self._authority.programme.quota_of(tester.tester_id).live_families
        own = self._by_tester.get(tester.tester_id, {})
        if len(own) >= limit and sum(self._is_live(family, now) for family in own.values()) >= limit:
            raise TooManyFamilies(f"This tester has {limit} refresh tokens that can be used, which is the quota.")
        series = series_of(tester_keys.mint(self._authority.secrets, tester_keys.REFRESH))
        family_id = self._authority.ids.new("family")
        self._authority.record(FamilyStarted(
            now, family_id, tester.tester_id, scope, now + refresh.lifetime, self._hash(series), thumbprint
        ))
        return self.families[family_id], series

    def descend(self, subject: IssuedToken, now: float) -> Family:
        """The family that what is exchanged for `subject` joins; it begins one if it has none."""
        if subject.family is not None:
            return self.families[subject.family]  # It is not over while a token of it lives.
        if subject.jti in self._by_subject:
            return self._by_subject[subject.jti]
        family_id = self._authority.ids.new("family")
        self._authority.record(FamilyStarted(
            now, family_id, subject.tester_id, subject.scope, subject.expires_at, subject=subject.jti
        ))
        return self.families[family_id]

    def hand_out(self, family: Family, series: str, jti: str | None, now: float, replaces: bool = False) -> str:
        """Give the family its next refresh token, with the access token `jti`, and return it, whole, this once."""
        text = tester_keys.mint(self._authority.secrets, tester_keys.REFRESH, series)
        refresh = self._authority.policy.refresh
        expires_at = min(family.expires_at, now + (inf if refresh is None else refresh.idle))
        self._authority.record(RefreshTokenIssued(
            now, family.family_id, self._hash(text), expires_at, jti, replaces
        ))
        return text

    # --- events ---------------------------------------------------------------------------------------------

    def apply_family_started(self, event: FamilyStarted) -> None:
        """A lineage begins."""
        cohort = self._authority.programme.testers[event.tester_id].cohort
        family = Family(
            event.family_id, event.tester_id, cohort, event.scope, event.at, event.expires_at, event.thumbprint,
            event.subject, event.series_hash, deque(), set(),
        )
        self.families[event.family_id] = family
        if event.series_hash is not None:
            self._by_series[event.series_hash] = family
            self._by_tester.setdefault(event.tester_id, {})[event.family_id] = family
        if event.subject is not None:
            self._by_subject[event.subject] = family
        self._authority.forgetting.set(event.at + FIRST_LOOK, self._look, event.family_id)

    def apply_refresh_token_issued(self, event: RefreshTokenIssued) -> None:
        """The new one counts; the one before is spent, unless it is replaced before anybody used it."""
        family = self.families[event.family_id]
        before = family.refresh_token
        if before is not None and not event.replaces:
            family.spent = Spent(before.token_hash, event.at)
        family.refresh_token = RefreshToken(
            family.tester_id, family.cohort, family.family_id, event.at, event.expires_at, event.token_hash, event.jti
        )

    def apply_token_issued(self, event: TokenIssued) -> None:
        """Keep the access token with its family, and let go of those that have expired."""
        family = self.families.get(event.family) if event.family is not None else None
        if family is None:
            return
        tokens = family.tokens
        tokens.append(self._authority.programme.tokens[event.jti])
        if event.subject is not None and event.subject != family.subject:
            family.exchanged.add(event.subject)
        while tokens and tokens[0].expires_at <= event.at:
            family.exchanged.discard(tokens.popleft().jti)

    def apply_revoked(self, event: Revoked) -> None:
        """A family that is revoked by itself does not count against its tester's quota any more."""
        if isinstance(event.scope, FamilyScope) and event.scope.family_id in self.families:
            family = self.families[event.scope.family_id]
            family.is_revoked = True
            self._leave_tester(family)

    # --- what falls due -------------------------------------------------------------------------------------

    def _look(self, family_id: str, at: float) -> None:
        """Forget the family if it is over, else look again, at twice its age: few looks, and little left lying."""
        family = self.families[family_id]
        ends_at = family.ends_at()
        if ends_at > at:
            self._authority.forgetting.set(min(ends_at, 2 * at - family.started_at), self._look, family_id)
            return
        self._authority.programme.expire(at)  # While it is known that they were revoked, if they were.
        del self.families[family_id]
        self._leave_tester(family)
        if family.series_hash is not None:
            del self._by_series[family.series_hash]
        if family.subject is not None:
            del self._by_subject[family.subject]
        self._authority.register.revoked.families.discard(family_id)

    def _leave_tester(self, family: Family) -> None:
        own = self._by_tester.get(family.tester_id, {})
        if own.pop(family.family_id, None) is not None and not own:
            del self._by_tester[family.tester_id]

    def _is_live(self, family: Family, now: float) -> bool:
        token = family.refresh_token
        return token is not None and token.expires_at > now and not self._authority.register.revoked.covers(token)

    def _hash(self, text: str) -> str:
        return self._authority.programme.hash_key(text)


def series_of(text: str) -> str:
    """The letters that all refresh tokens of a family share."""
    start = len(tester_keys.REFRESH) + 1
    return text[start:start + SERIES_LENGTH]
