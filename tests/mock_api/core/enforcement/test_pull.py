"""Pull: fetched every few seconds; as old as the question, by the gate's own clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import Pull
from mock_api.core.enforcement.questions import AskNotices, AskSnapshot, Notices, Unchanged
from mock_api.core.notices import Stopped, SuspendedUntil, Version
from mock_api.core.scopes import TesterScope, TokenScope

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from mock_api.core.notices import Notice, Snapshot
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0
FIVE = Version("key_1", 5)
Make = Callable[..., "Front"]


@pytest.fixture
def gate(front: Make, snapshot: Callable[..., Snapshot]) -> Front:
    """A gate that has fetched version 5 at the start; it fetches every 30 s and waits for 5 s."""
    gate = front(Pull(every=30.0, timeout=5.0))
    gate.answers[AskSnapshot] = snapshot(seq=5, jtis=("at_9",))
    assert gate.tend(START) == 1
    gate.asked.clear()
    return gate


def test_it_fetches_at_the_start_and_every_few_seconds(gate: Front, snapshot: Callable[..., Snapshot]) -> None:
    assert gate.view.version == FIVE
    assert gate.view.wants() == (START + 30.0, AskSnapshot(FIVE))
    gate.answers[AskSnapshot] = snapshot(seq=6)
    assert gate.tend(START + 29.9) == 0
    assert gate.tend(START + 30.0) == 1
    assert gate.view.wants() == (START + 60.0, AskSnapshot(Version("key_1", 6)))


def test_it_decides_by_what_it_fetched(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    assert gate.verdict(claims(), START) == "admitted"
    assert gate.verdict(claims(jti="at_9"), START) == "token_revoked"
    suspended = SuspendedUntil("sus_1", TesterScope("tester_1"), START + 90.0)
    gate.answers[AskSnapshot] = snapshot(seq=6, suspensions=(suspended,), left=("tester_2",))
    gate.tend(START + 30.0)
    assert gate.verdict(claims(), START + 31.0) == "tester_suspended"
    assert gate.verdict(claims(tester_id="tester_2"), START + 31.0) == "tester_inactive"


def test_the_first_request_fetches_what_nobody_fetched_before(
    front: Make, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    gate = front(Pull())
    gate.answers[AskSnapshot] = snapshot(jtis=("at_1",))
    assert gate.verdict(claims(), START) == "token_revoked"
    assert gate.asked == [AskSnapshot()]


def test_an_outage_at_the_start_does_not_make_every_request_ask(front: Make, claims: Callable[..., Claims]) -> None:
    gate = front(Pull(timeout=5.0))
    for second in range(10):
        assert gate.verdict(claims(), START + second) == "view_stale"
    assert len(gate.asked) == 2


def test_no_change_makes_the_view_young_again(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.answers[AskSnapshot] = Unchanged()
    gate.tend(START + 30.0)
    assert gate.verdict(claims(), START + 65.0) == "admitted"
    assert gate.verdict(claims(), START + 65.1) == "view_stale"


def test_its_age_counts_from_the_question(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.view.learn(AskSnapshot(FIVE), Unchanged(), START + 30.0)  # The answer took until 34.9.
    assert gate.verdict(claims(), START + 65.0) == "admitted"
    assert gate.verdict(claims(), START + 65.1) == "view_stale"


def test_after_silence_it_asks_again_and_again(gate: Front) -> None:
    gate.answers.clear()
    assert gate.tend(START + 30.0) == 1
    assert gate.tend(START + 34.9) == 0
    assert gate.tend(START + 35.0) == 1
    assert gate.view.wants() == (START + 40.0, AskSnapshot(FIVE))


@pytest.mark.parametrize(
    ("silence", "grace", "admitted_for"),
    [("fail-closed", 0.0, 35.0), ("grace", 60.0, 95.0), ("fail-open", 0.0, 3000.0)],
)
def test_in_silence_it_does_as_declared(
    front: Make, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot],
    silence: str, grace: float, admitted_for: float,
) -> None:
    gate = front(Pull(every=30.0, timeout=5.0, silence=silence, grace=grace))  # type: ignore[arg-type]
    gate.answers[AskSnapshot] = snapshot(jtis=("at_9",))
    gate.tend(START)
    gate.answers.clear()
    assert gate.verdict(claims(), START + admitted_for) == "admitted"
    assert gate.verdict(claims(jti="at_9"), START + admitted_for) == "token_revoked"
    if silence != "fail-open":
        assert gate.verdict(claims(), START + admitted_for + 0.1) == "view_stale"


def test_an_answer_that_was_overtaken_takes_nothing_back(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    gate.view.learn(AskSnapshot(FIVE), snapshot(seq=6, jtis=("at_1",)), START + 30.0)
    gate.view.learn(AskSnapshot(), snapshot(seq=5), START + 1.0)
    gate.view.learn(AskSnapshot(), snapshot(seq=9, feed="key_old"), START + 1.0)
    gate.view.learn(AskSnapshot(), None, START + 1.0)
    assert gate.verdict(claims(), START + 30.0) == "token_revoked"
    assert gate.view.wants() == (START + 60.0, AskSnapshot(Version("key_1", 6)))


def test_an_authority_that_was_restored_from_a_backup_is_believed(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    gate.view.learn(AskSnapshot(FIVE), snapshot(seq=8, jtis=("at_9",)), START + 30.0)
    gate.view.learn(AskSnapshot(), snapshot(seq=6, at=START + 59.0, jtis=("at_1",)), START + 60.0)
    assert gate.view.version == Version("key_1", 6)
    assert gate.verdict(claims(), START + 60.0) == "token_revoked"


def test_another_range_is_taken_for_what_it_is(gate: Front, snapshot: Callable[..., Snapshot]) -> None:
    gate.answers[AskSnapshot] = snapshot(seq=1, feed="key_other")
    gate.tend(START + 30.0)
    assert gate.view.version == Version("key_other", 1)


def test_no_change_is_no_answer_to_who_knows_nothing(front: Make, claims: Callable[..., Claims]) -> None:
    gate = front(Pull())
    gate.answers[AskSnapshot] = Unchanged()
    assert gate.verdict(claims(), START) == "view_stale"


def test_news_is_not_listened_to(gate: Front, notice: Callable[..., Notice], claims: Callable[..., Claims]) -> None:
    gate.view.hear(notice(6, Stopped(TokenScope("at_1"), START)), START)
    assert gate.verdict(claims(), START) == "admitted"


def test_notices_serve_as_well_if_they_leave_no_gap(
    gate: Front, notice: Callable[..., Notice], claims: Callable[..., Claims]
) -> None:
    stop = notice(6, Stopped(TokenScope("at_1"), START))
    gate.view.learn(AskNotices(5), Notices("key_other", 6, START, (stop,)), START + 1.0)
    assert gate.verdict(claims(), START + 1.0) == "admitted"
    gate.view.learn(AskNotices(5), Notices("key_1", 6, START, (stop,)), START + 2.0)
    assert gate.verdict(claims(), START + 2.0) == "token_revoked"
    assert gate.view.wants() == (START + 32.0, AskSnapshot(Version("key_1", 6)))
