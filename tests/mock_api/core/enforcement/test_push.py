"""Push: a snapshot, then numbered notices; what is missing is noticed and asked for, silence is noticed too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import Push, register_copy
from mock_api.core.enforcement.questions import AskNotices, AskSnapshot, Notices, Pulse
from mock_api.core.enforcement.view import Arrival
from mock_api.core.notices import Left, Lifted, Paused, Stopped, SuspendedUntil, Version
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    TesterScope,
    TokenScope,
)

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from mock_api.core.notices import Change, Notice, Snapshot
    from mock_api.core.scopes import Scope
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0
Make = Callable[..., "Front"]


@pytest.fixture
def gate(front: Make, snapshot: Callable[..., Snapshot]) -> Front:
    """A gate that has just taken the snapshot number 5."""
    gate = front(Push(pulse=0.5, silent_after=2.0, skew=1.0))
    gate.answers[AskSnapshot] = snapshot(seq=5)
    gate.tend(START)
    gate.asked.clear()
    return gate


@pytest.fixture
def stop(notice: Callable[..., Notice]) -> Callable[..., Notice]:
    def of(seq: int, jti: str = "at_9", at: float = START) -> Notice:
        return notice(seq, Stopped(TokenScope(jti), at), at)

    return of


def test_it_starts_with_a_snapshot(
    front: Make, snapshot: Callable[..., Snapshot], claims: Callable[..., Claims]
) -> None:
    gate = front(Push())
    assert gate.view.wants() == (0.0, AskSnapshot())
    gate.answers[AskSnapshot] = snapshot(seq=5, jtis=("at_1",))
    assert gate.verdict(claims(), START) == "token_revoked"
    assert gate.verdict(claims(jti="at_2"), START) == "admitted"
    assert gate.asked == [AskSnapshot()]
    assert gate.view.version == Version("key_1", 5)
    assert gate.view.wants() is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Stopped(TokenScope("at_1"), START), "token_revoked"),
        (Stopped(TesterScope("tester_1"), START), "token_revoked"),
        (Stopped(TesterScope("tester_1"), START - 1.0), "admitted"),
        (Stopped(CohortScope("artists"), START), "token_revoked"),
        (Stopped(IssuedBeforeScope(START), START + 9.0), "token_revoked"),
        (Stopped(KeyScope("key_1"), START), "token_revoked"),
        (Stopped(FamilyScope("family_1"), START), "token_revoked"),
        (Stopped(AllScope(), START), "token_revoked"),
        (Stopped(TesterScope("tester_2"), START), "admitted"),
        (Stopped(FamilyScope("family_2"), START), "admitted"),
        (SuspendedUntil("sus_1", TesterScope("tester_1"), START + 60.0), "tester_suspended"),
        (SuspendedUntil("sus_1", TesterScope("tester_1"), START), "admitted"),
        (SuspendedUntil("sus_1", TesterScope("tester_2"), START + 60.0), "admitted"),
        (Paused(True), "programme_paused"),
        (Left("tester_1"), "tester_inactive"),
        (Left("tester_2"), "admitted"),
    ],
)
def test_every_change_counts_at_once(
    gate: Front, claims: Callable[..., Claims], notice: Callable[..., Notice], change: Change, code: str
) -> None:
    gate.view.hear(notice(6, change), START)
    assert gate.verdict(claims(family="family_1"), START) == code
    assert gate.asked == []


@pytest.mark.parametrize(
    "scope",
    [
        TokenScope("at_1"), TesterScope("tester_1"), CohortScope("artists"), KeyScope("key_1"),
        FamilyScope("family_1"), AllScope(), IssuedBeforeScope(START),
    ],
)
def test_a_suspension_of_any_scope_says_when_it_ends_and_ends_then(
    gate: Front, claims: Callable[..., Claims], notice: Callable[..., Notice], scope: Scope
) -> None:
    gate.view.hear(notice(6, SuspendedUntil("sus_1", scope, START + 1.5)), START)
    gate.view.hear(notice(7, SuspendedUntil("sus_2", scope, START + 1.0)), START)
    refusal = gate.refusal(claims(family="family_1"), START)
    assert refusal is not None
    assert refusal.retry_after == 1.5
    assert gate.verdict(claims(family="family_1"), START + 1.5) == "admitted"


def test_a_lifted_suspension_leaves_the_other_one(
    gate: Front, claims: Callable[..., Claims], notice: Callable[..., Notice]
) -> None:
    gate.view.hear(notice(6, SuspendedUntil("sus_1", TesterScope("tester_1"), START + 60.0)), START)
    gate.view.hear(notice(7, SuspendedUntil("sus_2", CohortScope("artists"), START + 60.0)), START)
    gate.view.hear(notice(8, Lifted("sus_1")), START)
    assert gate.verdict(claims(), START) == "tester_suspended"
    gate.view.hear(notice(9, Lifted("sus_2")), START)
    gate.view.hear(notice(10, Lifted("sus_of_another_time")), START)
    assert gate.verdict(claims(), START) == "admitted"


def test_revoked_comes_before_paused_before_suspended_before_gone(
    gate: Front, claims: Callable[..., Claims], notice: Callable[..., Notice]
) -> None:
    changes: list[tuple[Change, str]] = [
        (Left("tester_1"), "tester_inactive"),
        (SuspendedUntil("sus_1", AllScope(), START + 60.0), "tester_suspended"),
        (Paused(True), "programme_paused"),
        (Stopped(AllScope(), START), "token_revoked"),
    ]
    for seq, (change, code) in enumerate(changes, 6):
        gate.view.hear(notice(seq, change), START)
        assert gate.verdict(claims(), START) == code


def test_what_is_heard_twice_or_late_changes_nothing(
    gate: Front, claims: Callable[..., Claims], notice: Callable[..., Notice]
) -> None:
    pause, resume = notice(6, Paused(True)), notice(7, Paused(False))
    for each in (pause, resume, pause, resume, pause):
        gate.view.hear(each, START)
    assert gate.verdict(claims(), START) == "admitted"
    assert gate.view.version == Version("key_1", 7)
    assert gate.view.wants() is None


def test_a_gap_between_notices_is_asked_for_at_once(
    gate: Front, claims: Callable[..., Claims], stop: Callable[..., Notice]
) -> None:
    gate.view.hear(stop(8), START)
    assert gate.view.wants() == (0.0, AskNotices(5))
    gate.answers[AskNotices] = Notices("key_1", 8, START, (stop(6, "at_1"), stop(7), stop(8)))
    assert gate.tend(START) == 1
    assert gate.verdict(claims(), START) == "token_revoked"
    assert gate.view.version == Version("key_1", 8)


def test_a_pulse_shows_that_the_last_notice_was_lost(gate: Front) -> None:
    gate.view.hear(Pulse("key_1", 6, START + 0.5), START + 0.5)
    assert gate.view.wants() == (0.0, AskNotices(5))


def test_a_torn_view_grows_old_although_pulses_come(gate: Front, claims: Callable[..., Claims]) -> None:
    for half_second in range(1, 10):
        now = START + half_second / 2
        gate.view.hear(Pulse("key_1", 6, now), now)
    assert gate.view.judge(claims(), Arrival(START + 4.5), START + 4.5) == AskNotices(5)
    assert gate.verdict(claims(), START + 4.5) == "view_stale"


def test_a_torn_view_is_repaired_by_the_request_that_needs_it(
    gate: Front, claims: Callable[..., Claims], stop: Callable[..., Notice]
) -> None:
    gate.view.hear(Pulse("key_1", 6, START + 3.0), START + 3.0)
    gate.answers[AskNotices] = Notices("key_1", 6, START + 3.0, (stop(6),))
    assert gate.verdict(claims(), START + 3.0) == "admitted"
    assert gate.asked == [AskNotices(5)]


def test_a_gate_too_far_behind_is_given_a_snapshot(
    gate: Front, snapshot: Callable[..., Snapshot], stop: Callable[..., Notice]
) -> None:
    gate.view.hear(stop(90_000), START)
    gate.answers[AskNotices] = snapshot(seq=90_001, at=START)
    gate.tend(START)
    assert gate.view.version == Version("key_1", 90_001)
    assert gate.view.wants() is None


def test_the_feed_of_another_range_is_a_reason_to_start_again(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    gate.view.hear(Pulse("key_other", 2, START + 1.0), START + 1.0)
    assert gate.view.wants() == (0.0, AskSnapshot())
    gate.answers[AskSnapshot] = snapshot(seq=2, at=START + 1.0, feed="key_other", jtis=("at_1",))
    gate.tend(START + 1.0)
    assert gate.view.version == Version("key_other", 2)
    assert gate.verdict(claims(), START + 1.0) == "token_revoked"
    assert gate.view.wants() is None


def test_notices_of_another_range_are_no_repair(gate: Front, stop: Callable[..., Notice]) -> None:
    gate.view.hear(stop(8), START)
    gate.answers[AskNotices] = Notices("key_other", 8, START, (stop(6), stop(7), stop(8)))
    gate.carry(AskNotices(5), START)
    assert gate.view.version == Version("key_1", 5)
    assert gate.view.wants() == (0.0, AskSnapshot())


def test_a_number_that_never_was_is_not_asked_for_for_ever(gate: Front, stop: Callable[..., Notice]) -> None:
    gate.view.hear(stop(500), START)
    gate.answers[AskNotices] = Notices("key_1", 5, START, ())
    assert gate.tend(START + 0.1) == 1


def test_a_notice_that_comes_while_a_repair_is_under_way_is_not_forgotten(
    gate: Front, stop: Callable[..., Notice]
) -> None:
    gate.view.hear(stop(7), START + 0.1)                # 6 was lost; the question leaves now
    gate.view.hear(stop(8), START + 0.3)                # published after the answer below was written
    gate.view.learn(AskNotices(5), Notices("key_1", 7, START + 0.2, (stop(6), stop(7))), START + 0.1)
    assert gate.view.wants() == (0.0, AskNotices(7))


def test_without_an_answer_the_next_question_waits_for_a_pulse(gate: Front, stop: Callable[..., Notice]) -> None:
    gate.view.hear(stop(8), START)
    gate.answers.clear()
    assert gate.tend(START) == 1
    assert gate.view.wants() == (START + 0.5, AskNotices(5))


@pytest.mark.parametrize(
    ("silence", "grace", "admitted_for"), [("fail-closed", 0.0, 2.0), ("grace", 30.0, 32.0), ("fail-open", 0.0, 3000.0)]
)
def test_without_a_pulse_the_declared_silence_decides(
    front: Make, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot],
    silence: str, grace: float, admitted_for: float,
) -> None:
    gate = front(Push(silence=silence, grace=grace))  # type: ignore[arg-type]  # One of its words.
    gate.answers[AskSnapshot] = snapshot(jtis=("at_2",))
    gate.tend(START)
    assert gate.verdict(claims(), START + admitted_for) == "admitted"
    assert gate.verdict(claims(jti="at_2"), START + admitted_for) == "token_revoked"
    if silence != "fail-open":
        assert gate.verdict(claims(), START + admitted_for + 0.01) == "view_stale"
    gate.view.hear(Pulse("key_1", 0, START + 3100.0), START + 3100.0)
    assert gate.verdict(claims(), START + 3100.0) == "admitted"


def test_a_gate_that_never_heard_anything_is_closed_even_in_the_grace(
    front: Make, claims: Callable[..., Claims]
) -> None:
    assert front(Push(silence="grace", grace=3600.0)).verdict(claims(), START) == "view_stale"
    assert front(Push(silence="fail-open")).verdict(claims(), START) == "admitted"


def test_a_pulse_that_travelled_long_does_not_make_the_view_young(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.view.hear(Pulse("key_1", 5, START + 1.0), START + 10.0)
    assert gate.verdict(claims(), START + 3.0) == "admitted"
    assert gate.verdict(claims(), START + 3.01) == "view_stale"


def test_a_clock_far_behind_does_not_keep_a_view_young(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.view.hear(Pulse("key_1", 5, START + 1000.0), START + 1.0)  # This gate's clock is 999 seconds behind.
    assert gate.verdict(claims(), START + 3.0) == "admitted"
    assert gate.verdict(claims(), START + 3.01) == "view_stale"


def test_a_view_that_has_grown_is_replaced_by_a_snapshot_and_loses_nothing(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot], stop: Callable[..., Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(register_copy, "KEPT", 3)
    for seq in (6, 7, 8):
        gate.view.hear(stop(seq, f"at_{seq}"), START)
    assert gate.view.wants() == (0.0, AskSnapshot())
    gate.answers[AskSnapshot] = snapshot(seq=7, at=START, jtis=("at_7",))  # The authority has forgotten at_6.
    gate.tend(START)
    assert gate.view.version == Version("key_1", 8)
    assert [gate.verdict(claims(jti=f"at_{seq}"), START) for seq in (6, 7, 8)] == [
        "admitted", "token_revoked", "token_revoked",
    ]


def test_a_snapshot_that_was_overtaken_takes_nothing_back(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot], stop: Callable[..., Notice]
) -> None:
    gate.view.hear(stop(6, "at_1"), START)
    gate.view.learn(AskSnapshot(), snapshot(seq=5), START)
    assert gate.verdict(claims(), START) == "token_revoked"
    gate.view.learn(AskSnapshot(), snapshot(seq=2), START)
    assert gate.verdict(claims(), START) == "token_revoked"
    assert gate.view.version == Version("key_1", 6)


def test_an_authority_that_was_restored_from_a_backup_is_believed(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot], stop: Callable[..., Notice]
) -> None:
    gate.view.hear(stop(6), START)
    gate.view.hear(stop(7), START)
    gate.view.hear(Pulse("key_1", 6, START + 1.0), START + 1.0)  # Number 6 is another revocation now.
    gate.answers[AskNotices] = Notices("key_1", 6, START + 1.0, ())
    gate.answers[AskSnapshot] = snapshot(seq=6, at=START + 1.0, jtis=("at_1",))
    gate.tend(START + 1.0)
    assert gate.view.version == Version("key_1", 6)
    assert gate.verdict(claims(), START + 1.0) == "token_revoked"
    assert gate.view.wants() is None


def test_a_pulse_behind_the_copy_keeps_no_view_young(
    gate: Front, claims: Callable[..., Claims], stop: Callable[..., Notice]
) -> None:
    gate.view.hear(stop(6), START)
    for second in (1.0, 2.0, 3.0):
        gate.view.hear(Pulse("key_1", 5, START + second), START + second)
    assert gate.verdict(claims(), START + 3.0) == "view_stale"


def test_a_pulse_that_a_notice_has_overtaken_costs_one_question(gate: Front, stop: Callable[..., Notice]) -> None:
    gate.view.hear(stop(6), START)
    gate.view.hear(Pulse("key_1", 5, START + 0.001), START + 0.002)
    gate.answers[AskNotices] = Notices("key_1", 6, START + 0.003, ())
    assert gate.tend(START + 0.003) == 1
    assert gate.view.version == Version("key_1", 6)
    assert gate.view.wants() is None
