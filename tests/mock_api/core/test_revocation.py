"""Revoked for good, suspended for a time, paused until resumed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_api.core import errors
from mock_api.core.access_tokens import Claims
from mock_api.core.errors import Refusal, TesterSuspended, TokenRevoked
from mock_api.core.events import (
    ProgrammePaused,
    ProgrammeResumed,
    Revoked,
    Suspended,
    SuspensionLifted,
)
from mock_api.core.scopes import AllScope, CohortScope, IssuedBeforeScope, Scope, TesterScope, TokenScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range


def revoke(opened: Range, scope: Scope) -> None:
    now = opened.authority.settle()
    opened.authority.record(Revoked(now, opened.ids.new("rev"), scope, "leaked", "operator", None))


def suspend(opened: Range, scope: Scope, seconds: float) -> str:
    now, suspension_id = opened.authority.settle(), opened.ids.new("sus")
    opened.authority.record(Suspended(now, suspension_id, scope, now + seconds, "odd", "operator", None))
    return suspension_id


def lift(opened: Range, suspension_id: str) -> None:
    opened.authority.record(SuspensionLifted(opened.authority.settle(), suspension_id, "operator"))


def pause(opened: Range) -> None:
    opened.authority.record(ProgrammePaused(opened.authority.settle(), "leak", "operator", False, None))


def resume(opened: Range) -> None:
    opened.authority.record(ProgrammeResumed(opened.authority.settle(), "over", "operator"))


@pytest.mark.parametrize("kind", ["token", "tester", "cohort", "issued_before", "key", "all"])
def test_every_scope_stops_its_own_tokens_at_once(the_range: Range, kind: str) -> None:
    _, token = the_range.tester_with_token("artists")
    the_range.authority.operator.rotate_key("operator")
    the_range.clock.advance(1.0)
    _, other = the_range.tester_with_token("red-team")
    revoke(the_range, the_range.scope_around(token, kind))
    with pytest.raises(TokenRevoked):
        the_range.admit(token)
    if kind != "all":
        the_range.admit(other)


def test_a_new_key_after_a_revocation_opens_the_door_again(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    token = the_range.token(tester_id, tester_key)
    revoke(the_range, TesterScope(tester_id))
    reissued = the_range.authority.operator.reissue_key(tester_id, "operator")
    the_range.clock.advance(1.0)
    the_range.admit(the_range.token(tester_id, reissued.tester_key))
    with pytest.raises(TokenRevoked):
        the_range.admit(token)


@pytest.mark.parametrize("scope", [CohortScope("artists"), AllScope()])
def test_a_suspension_stops_old_and_new_tokens_until_its_time_is_up(the_range: Range, scope: Scope) -> None:
    tester_id, tester_key = the_range.invite("artists")
    token = the_range.token(tester_id, tester_key)
    suspend(the_range, scope, 600.0)
    the_range.clock.advance(599.0)
    with pytest.raises(TesterSuspended) as refusal:
        the_range.admit(token)
    assert refusal.value.retry_after == 1.0
    with pytest.raises(TesterSuspended):
        the_range.token(tester_id, tester_key)
    the_range.clock.advance(1.0)
    the_range.admit(token)
    (suspended,), (lifted,) = the_range.of(Suspended), the_range.of(SuspensionLifted)
    assert lifted == SuspensionLifted(suspended.until, suspended.suspension_id, "time")


def test_a_lifted_suspension_is_over_and_its_deadline_says_nothing(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    lift(the_range, suspend(the_range, TesterScope(tester_id), 600.0))
    the_range.admit(token)
    the_range.clock.advance(700.0)
    the_range.admit(token)
    assert len(the_range.of(SuspensionLifted)) == 1


def test_lifting_one_of_two_suspensions_leaves_the_other(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token("artists")
    first = suspend(the_range, TesterScope(tester_id), 600.0)
    suspend(the_range, CohortScope("artists"), 300.0)
    lift(the_range, first)
    with pytest.raises(TesterSuspended):
        the_range.admit(token)
    the_range.clock.advance(300.0)
    the_range.admit(token)


@pytest.mark.parametrize("kind", ["token", "tester", "cohort", "issued_before", "key", "all"])
def test_of_two_suspensions_the_later_end_is_told_and_each_can_be_lifted(the_range: Range, kind: str) -> None:
    _, token = the_range.tester_with_token("artists")
    scope, earlier = the_range.scope_around(token, kind), IssuedBeforeScope(the_range.clock.now() - 1.0)
    other = suspend(the_range, earlier, 9000.0)
    ids = [suspend(the_range, scope, seconds) for seconds in (600.0, 300.0)]
    for suspension_id, left in zip(ids, (600.0, 300.0), strict=True):
        with pytest.raises(TesterSuspended) as refusal:
            the_range.admit(token)
        assert refusal.value.retry_after == left
        lift(the_range, suspension_id)
    the_range.admit(token)
    lift(the_range, other)
    assert the_range.authority.register.suspended == type(the_range.authority.register.suspended)()


def test_one_token_can_be_suspended_while_the_tester_goes_on(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    token, other = the_range.token(tester_id, tester_key), the_range.token(tester_id, tester_key)
    suspend(the_range, TokenScope(the_range.jti(token)), 60.0)
    with pytest.raises(TesterSuspended):
        the_range.admit(token)
    the_range.admit(other)


def test_nobody_gets_in_during_a_pause_and_everybody_after_it(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    token = the_range.token(tester_id, tester_key)
    pause(the_range)
    assert the_range.authority.register.paused
    with pytest.raises(errors.ProgrammePaused):
        the_range.admit(token)
    with pytest.raises(errors.ProgrammePaused):
        the_range.token(tester_id, tester_key)
    resume(the_range)
    the_range.admit(token)


def test_revoked_comes_before_paused_before_suspended(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    issued = the_range.authority.programme.tokens[the_range.jti(token)]
    register, now = the_range.authority.register, the_range.clock.now()
    suspend(the_range, TesterScope(tester_id), 60.0)
    assert isinstance(register.refusal(issued, now), TesterSuspended)
    pause(the_range)
    assert isinstance(register.refusal(issued, now), errors.ProgrammePaused)
    revoke(the_range, TesterScope(tester_id))
    assert isinstance(register.refusal(issued, now), TokenRevoked)


def test_who_why_and_when_are_kept(the_range: Range) -> None:
    revoke(the_range, AllScope())
    (revocation,) = the_range.authority.register.revocations.values()
    assert (revocation.by, revocation.reason, revocation.at) == ("operator", "leaked", the_range.clock.now())


@pytest.mark.parametrize("kind", ["token", "tester", "cohort", "issued_before", "key", "all"])
def test_what_is_revoked_is_known_to_be_already(the_range: Range, kind: str) -> None:
    tester_id, token = the_range.tester_with_token("artists")
    scope = the_range.scope_around(token, kind)
    register = the_range.authority.register
    assert not register.already(scope, the_range.clock.now())
    revoke(the_range, scope)
    the_range.clock.advance(10.0)
    assert register.already(scope, the_range.clock.now())
    the_range.authority.operator.reissue_key(tester_id, "operator")
    assert register.already(scope, the_range.clock.now()) == (kind in ("token", "issued_before", "key"))


def test_a_dry_run_covers_what_the_revocation_would(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token("artists")
    _, other = the_range.tester_with_token("red-team")
    tokens = the_range.authority.programme.tokens
    covers = the_range.authority.register.covers(TesterScope(tester_id))
    assert covers(tokens[the_range.jti(token)])
    assert not covers(tokens[the_range.jti(other)])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 900)),
        st.tuples(st.just("settle"), st.just(0)),
        st.tuples(st.just("issue"), st.integers(0, 3)),
        st.tuples(st.just("reissue"), st.integers(0, 3)),
        st.tuples(st.just("rotate"), st.just(0)),
        st.tuples(
            st.just("revoke"), st.sampled_from(["token", "tester", "cohort", "issued_before", "key", "all"])
        ),
        st.tuples(st.just("suspend"), st.floats(1, 900)),
        st.tuples(st.just("lift"), st.just(0)),
        st.tuples(st.just("pause"), st.just(0)),
        st.tuples(st.just("resume"), st.just(0)),
    ),
    max_size=25,
)


class Story:
    """A range to which things happen, and a list of tokens that must never be admitted again."""

    def __init__(self, opened: Range) -> None:
        self.range = opened
        self.keys = dict(opened.invite(("artists", "red-team")[number % 2]) for number in range(4))
        self.tokens: list[str] = []
        self.revoked: set[str] = set()

    def step(self, verb: str, how: Any) -> None:
        """Let one thing happen; what the doors refuse is part of the story."""
        with suppress(Refusal):
            getattr(self, verb)(how)

    def wait(self, seconds: float) -> None:
        self.range.clock.advance(seconds)

    def settle(self, _: object) -> None:
        self.range.authority.settle()

    def issue(self, number: int) -> None:
        tester_id = sorted(self.keys)[number]
        self.tokens.append(self.range.token(tester_id, self.keys[tester_id]))

    def reissue(self, number: int) -> None:
        tester_id = sorted(self.keys)[number]
        self.keys[tester_id] = self.range.authority.operator.reissue_key(tester_id, "operator").tester_key

    def rotate(self, _: object) -> None:
        self.range.authority.operator.rotate_key("operator")

    def revoke(self, kind: str) -> None:
        """Revoke around the latest token, and keep by plain words which tokens are dead from now on."""
        if self.tokens:
            decode = self.range.authority.access_tokens.decode
            testers = self.range.authority.programme.testers
            latest = decode(self.tokens[-1])
            is_dead: dict[str, Callable[[Claims], bool]] = {
                "token": lambda claims: claims.jti == latest.jti,
                "tester": lambda claims: claims.tester_id == latest.tester_id,
                "cohort": lambda claims: (
                    testers[claims.tester_id].cohort == testers[latest.tester_id].cohort
                ),
                "issued_before": lambda claims: claims.issued_at <= latest.issued_at,
                "key": lambda claims: claims.kid == latest.kid,
                "all": lambda claims: True,
            }
            revoke(self.range, self.range.scope_around(self.tokens[-1], kind))
            self.revoked |= {token for token in self.tokens if is_dead[kind](decode(token))}

    def suspend(self, seconds: float) -> None:
        if self.tokens:
            suspend(self.range, self.range.scope_around(self.tokens[-1], "tester"), seconds)

    def lift(self, _: object) -> None:
        for suspension_id in list(self.range.authority.register.suspensions)[:1]:
            lift(self.range, suspension_id)

    def pause(self, _: object) -> None:
        pause(self.range)

    def resume(self, _: object) -> None:
        resume(self.range)

    def is_admitted(self, token: str) -> bool:
        """Whether the gate lets the token in now."""
        try:
            self.range.admit(token)
        except Refusal:
            return False
        return True


@settings(max_examples=200)
@given(steps=STEPS)
def test_a_revoked_token_is_never_admitted_again_whatever_happens(
    open_range: Callable[..., Range], steps: list[tuple[str, object]]
) -> None:
    story = Story(open_range())
    for verb, how in steps:
        story.step(verb, how)
        assert not any(story.is_admitted(token) for token in story.revoked)


@settings(max_examples=100)
@given(steps=STEPS)
def test_replaying_the_log_rebuilds_the_same_state(
    open_range: Callable[..., Range], steps: list[tuple[str, object]]
) -> None:
    story = Story(open_range())
    for verb, how in steps:
        story.step(verb, how)
        for token in story.tokens[-2:]:
            story.is_admitted(token)
    before, after = story.range.authority, story.range.replayed()
    assert after.programme.testers == before.programme.testers
    assert after.programme.tokens == before.programme.tokens
    assert after.keyring.jwks() == before.keyring.jwks()
    assert after.gate.rates.admitted == before.gate.rates.admitted
    for name in ("revoked", "suspended", "revocations", "suspensions", "ended", "pause"):
        assert getattr(after.register, name) == getattr(before.register, name)
    count = len(story.range.events)
    assert after.settle() == before.settle()
    assert after.register.suspensions == before.register.suspensions
    assert len(story.range.events) == count
