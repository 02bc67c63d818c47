"""The feed of changes that gates in front follow: numbered by the log, told as notices or as a whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_api.core import revocation_feed
from mock_api.core.enforcement.register_copy import RegisterCopy
from mock_api.core.errors import Invalid, Refusal
from mock_api.core.notices import Notices, Paused, Snapshot, Stopped, Version
from mock_api.core.scopes import AllScope, CohortScope, TesterScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

ACTS = st.lists(
    st.tuples(
        st.sampled_from([
            "token", "tester", "cohort", "issued_before", "key", "all", "suspend", "suspend cohort", "lift", "pause",
            "resume", "leave", "issue", "wait",
        ]),
        st.integers(0, 3),
    ),
    max_size=30,
)


def buy(opened: Range, tester_id: str, key: str, tokens: list[str]) -> None:
    """One more token."""
    tokens.append(opened.token(tester_id, key))


def play(opened: Range, acts: list[tuple[str, int]]) -> list[str]:
    """Let it all happen to four testers; returns their tokens."""
    people = [opened.invite(("artists", "red-team")[number % 2]) for number in range(4)]
    tokens = [opened.token(*person) for person in people]
    responder, operator = opened.authority.responder, opened.authority.operator
    for act, number in acts:
        tester_id, key = people[number]
        opened.clock.advance(1.0)
        what: dict[str, Callable[[], Any]] = {
            "suspend": partial(responder.suspend, TesterScope(tester_id), 20.0, "odd", "operator"),
            "suspend cohort": lambda: responder.suspend(CohortScope("artists"), 30.0, "odd", "operator"),
            "lift": lambda: responder.lift(responder.suspensions()[0].suspension_id, "operator"),
            "pause": lambda: responder.pause("leak", "operator"),
            "resume": lambda: responder.resume("over", "operator"),
            "leave": partial(operator.remove_tester, tester_id, "operator"),
            "issue": partial(buy, opened, tester_id, key, tokens),
            "wait": lambda: opened.clock.advance(10.0),
        }
        with suppress(Refusal, IndexError):
            if act in what:
                what[act]()
            else:
                responder.revoke(opened.scope_around(tokens[number], act), "leak", "operator")
    opened.authority.settle()
    return tokens


@settings(max_examples=60, deadline=None)
@given(acts=ACTS)
def test_a_snapshot_says_what_all_notices_say(open_range: Callable[..., Range], acts: list[tuple[str, int]]) -> None:
    opened = open_range()
    start = opened.authority.gates.snapshot()
    tokens = play(opened, acts)
    gates, now = opened.authority.gates, opened.clock.now()
    notices = gates.notices(0)
    assert isinstance(notices, Notices)
    by_notices, by_snapshot = RegisterCopy(), RegisterCopy()
    by_notices.load(start)
    assert by_notices.catch_up(notices)
    by_snapshot.load(gates.snapshot())
    assert by_notices.version == by_snapshot.version == opened.authority.feed.version
    for token in tokens:
        claims = opened.authority.access_tokens.decode(token)
        said = [by_notices.refusal(claims, now), by_snapshot.refusal(claims, now)]
        own: Refusal | None = None
        try:
            opened.admit(token)
        except Refusal as refusal:
            own = refusal
        assert [(each and (each.code, each.retry_after)) for each in [*said, own]] == [
            own and (own.code, own.retry_after)
        ] * 3


@settings(max_examples=30, deadline=None)
@given(acts=ACTS)
def test_a_restart_goes_on_counting_where_it_stopped(
    open_range: Callable[..., Range], acts: list[tuple[str, int]]
) -> None:
    opened = open_range()
    play(opened, acts)
    again = opened.replayed()
    assert again.feed.version == opened.authority.feed.version
    assert again.gates.notices(0) == opened.authority.gates.notices(0)
    assert again.gates.snapshot() == opened.authority.gates.snapshot()
    assert again.gates.cutoffs() == opened.authority.gates.cutoffs()
    assert again.gates.pulse() == opened.authority.gates.pulse()


def test_the_numbers_leave_no_gap_and_the_instants_are_those_of_the_change(the_range: Range) -> None:
    _, token = the_range.tester_with_token()
    responder = the_range.authority.responder
    responder.revoke(the_range.scope_around(token, "token"), "leak", "operator")
    the_range.clock.advance(5.0)
    responder.pause("leak", "operator")
    notices = the_range.authority.gates.notices(0)
    assert isinstance(notices, Notices)
    assert [(each.seq, type(each.change)) for each in notices.notices] == [(1, Stopped), (2, Paused)]
    assert notices.notices[1].at - notices.notices[0].at == 5.0
    assert the_range.authority.gates.notices(1) == Notices(
        notices.feed, 2, the_range.clock.now(), notices.notices[1:]
    )
    assert the_range.authority.gates.notices(2) == Notices(notices.feed, 2, the_range.clock.now(), ())


def test_who_is_too_far_behind_gets_the_whole(the_range: Range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation_feed, "REMEMBERED", 2)
    authority = the_range.fresh_authority([])
    authority.replay(the_range.events)
    for _ in range(3):
        authority.responder.suspend(AllScope(), 60.0, "odd", "operator")
    assert isinstance(authority.gates.notices(0), Snapshot)
    assert isinstance(authority.gates.notices(1), Notices)


def test_single_tokens_leave_the_snapshot_when_they_leave_the_books(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    token = the_range.token(tester_id, tester_key)
    the_range.authority.responder.revoke(the_range.scope_around(token, "token"), "leak", "operator")
    assert the_range.authority.gates.snapshot().jtis == (the_range.jti(token),)
    the_range.clock.advance(2 * the_range.authority.policy.token_lifetime)
    the_range.token(tester_id, tester_key)
    assert the_range.authority.gates.snapshot().jtis == ()


def test_who_has_left_is_not_active_to_a_gate_that_asks(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    assert the_range.authority.gates.introspect(token).active
    the_range.authority.operator.remove_tester(tester_id, "operator")
    assert not the_range.authority.gates.introspect(token).active
    assert not the_range.authority.gates.introspect("no token").active


def test_a_version_is_written_and_read(the_range: Range) -> None:
    version = Version("key_1.old", 42)
    assert Version.parse(str(version)) == version


@pytest.mark.parametrize(
    "text", ["", "42", ".42", "key_1.", "key_1.-1", "key_1.4²", "key_1." + "9" * 16, "k" * 81 + ".1"]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Version.parse(text)
