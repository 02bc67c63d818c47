"""What works is counted as it changes; here it is held against a walk over everything there is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_api.core.authority import Authority
from mock_api.core.blast_radius import measure
from mock_api.core.errors import Refusal
from mock_api.core.events import Revoked, TokenIssued
from mock_api.core.grants import EVERYTHING
from mock_api.core.programme import IssuedToken, Tester
from mock_api.core.reach import Reach
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

KINDS = ("token", "tester", "cohort", "issued_before", "key", "all")
WHICH = st.integers(0, 40)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([0.0, 1.0, 1.0, 90.0, 700.0])),
        st.tuples(st.just("issue"), WHICH),
        st.tuples(st.just("issue"), WHICH),
        st.tuples(st.just("issue_many"), WHICH),
        st.tuples(st.just("reissue"), WHICH),
        st.tuples(st.just("remove"), WHICH),
        st.tuples(st.just("rotate"), WHICH),
        st.tuples(st.just("adopt"), WHICH),
        st.tuples(st.just("restart"), st.sampled_from([0.0, 30.0])),
        st.tuples(st.just("revoke"), st.tuples(st.sampled_from(KINDS), WHICH)),
        st.tuples(st.just("revoke"), st.tuples(st.sampled_from(KINDS), WHICH)),
    ),
    min_size=5, max_size=40,
)


def works(authority: Authority, token: IssuedToken, now: float) -> bool:
    """Whether a token in the books still works, by asking everything anew."""
    tester = authority.programme.testers[token.tester_id]
    return token.expires_at > now and tester.left_at is None and not authority.register.revoked.covers(token)


def covers_tester(scope: Scope, tester: Tester) -> bool:
    return scope in (AllScope(), CohortScope(tester.cohort), TesterScope(tester.tester_id))


class Walk:
    """A range to which things happen, and what of it works by plain walks over its log and its books."""

    def __init__(self, opened: Range) -> None:
        self.range = opened
        self.keys = dict(opened.invite(("artists", "artists", "red-team")[number % 3]) for number in range(6))
        self.testers = list(self.keys)

    @property
    def authority(self) -> Authority:
        return self.range.authority

    def wait(self, seconds: float) -> None:
        self.range.clock.advance(seconds)
        self.authority.settle()

    def issue(self, which: int) -> None:
        tester_id = self.testers[which % 6]
        self.range.token(tester_id, self.keys[tester_id])

    def issue_many(self, which: int) -> None:
        for _ in range(40):
            self.issue(which)

    def reissue(self, which: int) -> None:
        tester_id = self.testers[which % 6]
        self.keys[tester_id] = self.authority.operator.reissue_key(tester_id, "operator").tester_key

    def remove(self, which: int) -> None:
        if which < 2:
            self.authority.operator.remove_tester(self.testers[which], "operator")

    def rotate(self, _: int) -> None:
        self.authority.operator.rotate_key("operator")

    def adopt(self, which: int) -> None:
        policy: Any = self.authority.policy
        lifetime = (50.0, 600.0, 3600.0)[which % 3]
        self.authority.operator.adopt_policy(type(policy)(name="other", token_lifetime=lifetime), "operator")

    def restart(self, back: float) -> None:
        """Start anew from the log, with a clock that somebody has set back."""
        written, secrets = list(self.range.events), self.authority.secrets
        self.range.authority = self.range.fresh_authority(self.range.events)
        self.authority.secrets = secrets  # Or the same keys would be minted again.
        self.authority.replay(written)
        self.range.clock.advance(-back)

    def revoke(self, how: tuple[str, int]) -> None:
        scope = self.scope(*how)
        if scope is not None:
            self.authority.responder.revoke(scope, "leaked", "operator")

    def scope(self, kind: str, which: int) -> Scope | None:
        """The scope of that kind around one of the tokens."""
        tokens = list(self.authority.programme.tokens.values())
        if not tokens:
            return None
        token = tokens[which % len(tokens)]
        instant = min(token.issued_at, self.range.clock.now())
        around: dict[str, Scope] = {
            "token": TokenScope(token.jti), "tester": TesterScope(token.tester_id), "cohort": CohortScope(token.cohort),
            "issued_before": IssuedBeforeScope(instant), "key": KeyScope(token.kid), "all": AllScope(),
        }
        return around[kind]

    def key_works(self, tester: Tester) -> bool:
        """By the log: whether a revocation stands behind the making of the tester's key."""
        events = self.range.events
        made = max(place for place, event in enumerate(events) if getattr(event, "key_id", "") == tester.key.key_id)  # type: ignore[union-attr]
        return not any(isinstance(event, Revoked) and covers_tester(event.scope, tester) for event in events[made:])

    def count(self, scope: Scope, now: float) -> tuple[int, int, int]:
        """Tokens, testers and keys that revoking the scope would stop: every one of them looked at."""
        reach = Reach()
        reach.add(scope)
        holders = [
            token.tester_id for token in self.authority.programme.tokens.values()
            if reach.covers(token) and works(self.authority, token, now)
        ]
        keyed = [
            tester.tester_id for tester in self.authority.programme.testers.values()
            if covers_tester(scope, tester) and tester.left_at is None and self.key_works(tester)
        ]
        return len(holders), len({*holders, *keyed}), len(keyed)

    def already(self, scope: Scope, now: float) -> bool:
        """Whether nothing under a scope of persons is left to revoke, who has left among them."""
        return self.count(scope, now)[0] == 0 and not any(
            self.key_works(tester) for tester in self.authority.programme.testers.values()
            if covers_tester(scope, tester)
        )


@settings(max_examples=300, deadline=None)
@given(steps=STEPS)
def test_what_is_counted_is_what_a_walk_finds(
    open_range: Callable[..., Range], steps: list[tuple[str, Any]]
) -> None:
    walk = Walk(open_range(token_lifetime=600.0))
    for number, (verb, how) in enumerate(steps):
        with suppress(Refusal):
            getattr(walk, verb)(how)
        now = walk.authority.settle()
        for kind in KINDS:
            scope = walk.scope(kind, number)
            if scope is None:
                continue
            radius = measure(walk.authority, scope, now)
            assert (radius.tokens, radius.testers, radius.keys) == walk.count(scope, now), (verb, kind)
            if isinstance(scope, TesterScope | CohortScope | AllScope):
                assert walk.authority.register.already(scope, now) == walk.already(scope, now), (verb, kind)


def test_a_token_without_a_working_key_counts_its_tester_once(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token("artists")
    the_range.tester_with_token("artists")
    authority = the_range.authority
    authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    the_range.clock.advance(1.0)
    now = authority.settle()
    kid = next(iter(authority.keyring.keys))
    for jti in ("at_1000", "at_1001"):
        authority.record(TokenIssued(now, jti, tester_id, kid, now + 60.0, EVERYTHING, "-"))
    for scope in (CohortScope("artists"), AllScope()):
        radius = measure(authority, scope, now)
        assert (radius.tokens, radius.testers, radius.keys) == (3, 2, 1)


def test_a_second_cutoff_counts_the_testers_whom_the_first_left_with_younger_tokens(the_range: Range) -> None:
    keys = [the_range.invite() for _ in range(3)]
    instants = []
    for _ in range(3):
        for tester_id, key in keys:
            the_range.token(tester_id, key)
        instants.append(the_range.clock.now())
        the_range.clock.advance(1.0)
    authority, now = the_range.authority, the_range.clock.now()
    for instant, left in zip(instants, (6, 3, 0), strict=True):
        radius = measure(authority, IssuedBeforeScope(instant), now)
        assert (radius.tokens, radius.testers) == (3, 3)
        authority.responder.revoke(IssuedBeforeScope(instant), "leaked", "operator")
        assert measure(authority, AllScope(), now).tokens == left


def test_a_family_and_what_was_exchanged_for_a_token_count_with_it(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token()
    authority, now = the_range.authority, the_range.clock.now()
    token = next(iter(authority.programme.tokens.values()))
    family = authority.families.descend(token, now)
    assert family is not None
    authority.record(TokenIssued(
        now, "at_1000", tester_id, token.kid, now + 60.0, EVERYTHING, "-", family=family.family_id
    ))
    radius = measure(authority, FamilyScope(family.family_id), now)
    assert (radius.tokens, radius.testers, radius.keys) == (1, 1, 0)
    assert measure(authority, TokenScope(token.jti), now).tokens == 2
    authority.responder.revoke(TokenScope(token.jti), "leaked", "operator")
    assert measure(authority, TesterScope(tester_id), now).tokens == 0
