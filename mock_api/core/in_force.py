"""What still works, counted as it changes: so that what a revocation would stop is told at once, however much it is.

In force is an access token that has not expired, is covered by no revocation, and whose tester has not left; and
the tester key of a member, unless a revocation of the tester, the cohort or everybody came after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from .events import Revoked
from .scopes import AllScope, CohortScope, FamilyScope, IssuedBeforeScope, KeyScope, Scope, TesterScope, TokenScope
from .shelves import Shelf, holders

if TYPE_CHECKING:
    from .authority import Authority
    from .programme import IssuedToken, Tester

# What a cutoff leaves to be done is done a little at a time: a million testers at once would be felt.
AT_ONCE = 200     # testers
PAUSE = 1 / 100   # seconds


class Stopping(NamedTuple):
    """What a revocation would stop: tokens, testers who lose a token or a key, keys."""

    tokens: int
    testers: int
    keys: int


class InForce:
    """Tokens on shelves by cohort and signing key; keys by the number of revocations there were when they were made."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._shelves: dict[str, list[Shelf]] = {}
        self._chores: list[Callable[[int], bool]] = []  # shelves to tidy, and such as are let go
        self._keyless: set[str] = set()           # may hold a token without a working key
        self._keys: Counter[str] = Counter()      # of members, by cohort
        self._departed: Counter[str] = Counter()  # of those who have left
        self.revocations = 0                      # of testers, cohorts or everybody: a key made now outlives these
        self._stopped_testers: dict[str, int] = {}
        self._stopped_cohorts: dict[str, int] = {}
        self._stopped_all = 0

    # --- questions ------------------------------------------------------------------------------------------

    def holds(self, token: IssuedToken) -> bool:
        """Whether a token in the books that has not expired is in force."""
        tester = self._authority.programme.testers[token.tester_id]
        return tester.left_at is None and not self._authority.register.revoked.covers(token)

    def key_works(self, tester: Tester) -> bool:
        """Whether the tester has a key that no revocation has stopped."""
        key = tester.key
        if key is None:
            return False
        return key.after >= self._stopped_all and (
            key.after >= self._stopped_cohorts.get(tester.cohort, 0)
            and key.after >= self._stopped_testers.get(tester.tester_id, 0)
        )

    def count(self, scope: Scope, now: float) -> Stopping:
        """What revoking `scope` at `now` would stop; whatever has expired by then has been told to `expire`."""
        match scope:
            case TokenScope(jti=jti):
                exchanged = self._authority.families.exchanged_for(jti)
                also = () if exchanged is None else (each for each in exchanged.tokens if each.jti != jti)
                return self._count_each([*self._tokens(jti), *also], now)
            case FamilyScope(family_id=family_id):
                return self._count_each(self._tokens_of_family(family_id), now)
            case TesterScope(tester_id=tester_id):
                return self._count_tester(tester_id)
            case CohortScope(cohort=cohort):
                return self._count_cohorts([cohort])
            case AllScope():
                return self._count_cohorts({**self._shelves, **self._keys})
            case IssuedBeforeScope(instant=instant):
                return self._count_tokens(self._shelves.values(), instant)
            case KeyScope(kid=kid):
                signed = ([shelf for shelf in shelves if shelf.kid == kid] for shelves in self._shelves.values())
                return self._count_tokens(signed, inf)

    def is_empty(self, scope: TesterScope | CohortScope | AllScope, now: float) -> bool:
        """Whether nobody under `scope` has anything left to revoke, not even who has left a key."""
        if isinstance(scope, TesterScope):
            tester = self._tester(scope.tester_id)
            return not self.key_works(tester) and not self._tokens_of(tester)
        departed = self._departed[scope.cohort] if isinstance(scope, CohortScope) else self._departed.total()
        return not departed and self.count(scope, now) == (0, 0, 0)

    # --- what events change ---------------------------------------------------------------------------------

    def enter(self, token: IssuedToken, tester: Tester) -> None:
        """A token was issued."""
        if tester.left_at is not None or self._authority.register.revoked.covers(token):
            return
        shelves = self._shelves.setdefault(token.cohort, [])
        # A clock set back between two starts opens a new shelf: on each, instants ascend.
        if not shelves or shelves[-1].kid != token.kid or shelves[-1].latest > token.issued_at:
            shelves.append(Shelf(token.kid))
        shelves[-1].enter(token.tester_id, token.issued_at)
        if not self.key_works(tester):
            self._keyless.add(token.tester_id)

    def expire(self, token: IssuedToken) -> None:
        """A token's time is up."""
        if self.holds(token):
            self._leave(token)

    def note_key(self, tester: Tester, *, worked: bool) -> None:
        """A tester has a new key; `worked`: the one before did."""
        self._keys_with(tester)[tester.cohort] += not worked

    def note_left(self, tester: Tester, at: float) -> None:
        """A tester has just left: with them goes what they held."""
        if self.key_works(tester):
            self._keys[tester.cohort] -= 1
            self._departed[tester.cohort] += 1
        for shelf in self._shelves.get(tester.cohort, ()):
            shelf.leave_all(tester.tester_id, inf)
            self._leave_to_do(shelf.tidy, at)

    def revoke(self, event: Revoked) -> None:
        """Take out what a revocation stops; the register does not know of it yet."""
        match event.scope:
            case TokenScope(jti=jti):
                self._leave_each(self._tokens(jti), event.at)
            case FamilyScope(family_id=family_id):
                self._leave_each(self._tokens_of_family(family_id), event.at)
            case IssuedBeforeScope(instant=instant):
                self._cut_off(list(self._shelves), instant, event.at)
            case KeyScope(kid=kid):
                self.retire(kid, event.at)
            case TesterScope(tester_id=tester_id) if tester_id in self._authority.programme.testers:
                self._revoke_tester(tester_id, event.at)
            case CohortScope(cohort=cohort):
                self._stopped_cohorts[cohort] = self.revocations = self.revocations + 1
                self._revoke_cohorts([cohort], event.at)
            case AllScope():
                self._stopped_all = self.revocations = self.revocations + 1
                self._revoke_cohorts([*{**self._shelves, **self._keys, **self._departed}], event.at)

    def retire(self, kid: str, at: float) -> None:
        """Whatever the key `kid` has signed works no longer."""
        for shelves in self._shelves.values():
            for shelf in shelves:
                if shelf.kid == kid:
                    self._leave_to_do(shelf.crumble, at)
            shelves[:] = [shelf for shelf in shelves if shelf.kid != kid]

    def _revoke_tester(self, tester_id: str, at: float) -> None:
        tester = self._tester(tester_id)
        self._keys_with(tester)[tester.cohort] -= self.key_works(tester)
        self.revocations += 1
        self._stopped_testers[tester_id] = self.revocations
        shelves = self._shelves.get(tester.cohort, ())
        survived = [shelf.leave_all(tester_id, at) for shelf in shelves]
        for shelf in shelves:
            self._leave_to_do(shelf.tidy, at)
        if any(survived):  # Only where the clock was set back.
            self._keyless.add(tester_id)

    def _revoke_cohorts(self, cohorts: list[str], at: float) -> None:
        self._cut_off(cohorts, at, at)
        for cohort in cohorts:
            del self._keys[cohort], self._departed[cohort]
            for survivors in self._shelves.get(cohort, ()):  # Only where the clock was set back.
                self._keyless.update(survivors.holder_ids())

    def _cut_off(self, cohorts: list[str], instant: float, at: float) -> None:
        for cohort in cohorts:
            kept = []
            for shelf in self._shelves.pop(cohort, ()):
                if shelf.latest <= instant or not shelf.total:
                    self._leave_to_do(shelf.crumble, at)
                else:
                    shelf.cut_off(instant)
                    kept.append(shelf)
                    self._leave_to_do(shelf.tidy, at)
            if kept:
                self._shelves[cohort] = kept

    def _leave_to_do(self, chore: Callable[[int], bool], at: float) -> None:
        if chore in self._chores[-8:]:  # Mostly it is the same few shelves.
            return
        self._chores.append(chore)
        if len(self._chores) == 1:
            self._authority.forgetting.set(at + PAUSE, self._do_a_little, "")

    def _do_a_little(self, _: str, at: float) -> None:
        if self._chores[-1](AT_ONCE):
            self._chores.pop()
        if self._chores:
            self._authority.forgetting.set(at + PAUSE, self._do_a_little, "")

    def _leave_each(self, tokens: Iterable[IssuedToken], now: float) -> None:
        for token in tokens:
            if token.expires_at > now and self.holds(token):
                self._leave(token)

    def _leave(self, token: IssuedToken) -> None:
        shelves = self._shelves[token.cohort]
        for shelf in shelves:
            if shelf.kid == token.kid and shelf.leave(token.tester_id, token.issued_at):
                if not shelf.total and shelf is not shelves[-1]:
                    shelves.remove(shelf)
                return

    # --- counting -------------------------------------------------------------------------------------------

    def _count_each(self, tokens: Iterable[IssuedToken], now: float) -> Stopping:
        held = [token.tester_id for token in tokens if token.expires_at > now and self.holds(token)]
        return Stopping(len(held), len(set(held)), 0)

    def _count_tester(self, tester_id: str) -> Stopping:
        tester = self._authority.programme.testers.get(tester_id)
        if tester is None or tester.left_at is not None:
            return Stopping(0, 0, 0)
        tokens, key = self._tokens_of(tester), int(self.key_works(tester))
        return Stopping(tokens, int(bool(tokens or key)), key)

    def _count_cohorts(self, cohorts: Iterable[str]) -> Stopping:
        tokens = keys = 0
        for cohort in cohorts:
            tokens += sum(shelf.total for shelf in self._shelves.get(cohort, ()))
            keys += self._keys[cohort]
        among = frozenset(cohorts)
        self._keyless = {tester_id for tester_id in self._keyless if self._is_keyless(self._tester(tester_id))}
        keyless = sum(self._tester(tester_id).cohort in among for tester_id in self._keyless)
        return Stopping(tokens, keys + keyless, keys)

    def _count_tokens(self, by_cohort: Iterable[list[Shelf]], upto: float) -> Stopping:
        by_cohort = list(by_cohort)
        tokens = sum(shelf.count(upto) for shelf in chain.from_iterable(by_cohort))
        return Stopping(tokens, sum(holders(shelves, upto) for shelves in by_cohort), 0)

    def _is_keyless(self, tester: Tester) -> bool:
        return not self.key_works(tester) and self._tokens_of(tester) > 0

    def _tokens_of(self, tester: Tester) -> int:
        return sum(shelf.count_of(tester.tester_id) for shelf in self._shelves.get(tester.cohort, ()))

    def _tokens(self, jti: str) -> list[IssuedToken]:
        token = self._authority.programme.tokens.get(jti)
        return [] if token is None else [token]

    def _tokens_of_family(self, family_id: str) -> list[IssuedToken]:
        family = self._authority.families.families.get(family_id)
        return [] if family is None else list(family.tokens)

    def _keys_with(self, tester: Tester) -> Counter[str]:
        return self._keys if tester.left_at is None else self._departed

    def _tester(self, tester_id: str) -> Tester:
        return self._authority.programme.testers[tester_id]

