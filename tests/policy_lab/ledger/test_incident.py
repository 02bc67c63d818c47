"""The five clocks and their spans, one definition at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core import events, scopes
from policy_lab.ledger import Ledger
from tests.policy_lab.ledger.story import PAGE, START, Story


def test_without_a_leak_every_clock_is_not_yet() -> None:
    story = Story("ann", "bob")
    story.admit("bob-1", at=5, origin="home of bob")
    ledger = story.ledger()
    clocks = (
        ledger.leaked_at, ledger.first_misuse_at, ledger.detected_at, ledger.decided_at,
        ledger.last_accepted_at, ledger.time_to_detect, ledger.time_to_decide, ledger.enforcement_lag,
        ledger.exposure_window, ledger.dwell_time, ledger.time_to_stop,
    )
    assert clocks == (None,) * 11
    assert ledger.misuse_requests == 0


def test_an_empty_log_has_an_empty_ledger() -> None:
    assert Story().ledger().events == 1
    assert Story().ledger().testers == 0


def test_the_five_clocks_of_a_plain_incident() -> None:
    story = Story("ann", "bob")
    story.leak(at=100)
    story.admit(at=160)
    story.alert(at=400, jti="ann-1")
    story.admit(at=900)
    story.revoke(scopes.TesterScope("ann"), at=1000)
    ledger = story.ledger()
    assert ledger.leaked_at == START + 100
    assert ledger.first_misuse_at == START + 160
    assert ledger.detected_at == START + 400
    assert ledger.decided_at == START + 1000
    assert ledger.last_accepted_at == START + 900
    assert ledger.time_to_detect == 300
    assert ledger.time_to_decide == 600
    assert ledger.enforcement_lag == 0
    assert ledger.exposure_window == 800
    assert ledger.dwell_time == 740
    assert ledger.time_to_stop == 900
    assert (ledger.misuse_requests, ledger.accepted_after_decision) == (2, 0)


def test_a_leak_nobody_uses_has_no_exposure() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.revoke(scopes.TokenScope("ann-1"), at=200)
    ledger = story.ledger()
    assert ledger.first_misuse_at is None
    assert ledger.exposure_window is None
    assert ledger.dwell_time is None
    assert ledger.enforcement_lag == 0
    assert ledger.time_to_stop == 100


def test_a_leak_nobody_answers_never_stops() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.admit(at=9000)
    ledger = story.ledger()
    assert ledger.time_to_stop is None
    assert ledger.decided_at is None
    assert ledger.enforcement_lag is None
    assert ledger.exposure_window == 8900


def test_what_comes_before_the_leak_or_from_the_tester_is_no_misuse() -> None:
    story = Story("ann")
    story.admit(at=50)
    story.leak(at=100)
    story.admit(at=150, origin="home of ann")
    assert story.ledger().misuse_requests == 0
    story.admit(at=200)
    assert story.ledger().first_misuse_at == START + 200


def test_misuse_of_a_token_that_did_not_leak_is_none() -> None:
    story = Story("ann", "bob")
    story.leak(at=100)
    story.admit("bob-1", at=150, origin=PAGE)
    assert story.ledger().misuse_requests == 0


def test_requests_accepted_after_the_decision_make_the_lag() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.revoke(scopes.TokenScope("ann-1"), at=200)
    story.admit(at=230)
    story.admit(at=260)
    ledger = story.ledger()
    assert ledger.enforcement_lag == 60
    assert ledger.accepted_after_decision == 2


def test_a_decision_before_any_alert_takes_no_time_to_decide() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.revoke(scopes.AllScope(), at=200)
    assert story.ledger().time_to_decide is None
    story.alert(at=300)
    assert story.ledger().time_to_decide == 0


@pytest.mark.parametrize(("jti", "tester", "concerns"), [
    ("ann-1", None, True), (None, "ann", True), (None, None, True), ("bob-1", "bob", False),
])
def test_an_alert_concerns_the_leak_if_it_names_it_or_nobody(
    jti: str | None, tester: str | None, concerns: bool,
) -> None:
    story = Story("ann", "bob")
    story.leak(at=100)
    story.alert(at=200, jti=jti, tester=tester)
    ledger = story.ledger()
    assert (ledger.detected_at is not None) == concerns
    assert (ledger.alerts, ledger.false_alerts) == (1, 0 if concerns else 1)


def test_an_alert_before_the_leak_is_false() -> None:
    story = Story("ann")
    story.alert(at=50)
    story.alert(at=60, jti="ann-1")
    story.leak(at=100)
    ledger = story.ledger()
    assert ledger.detected_at is None
    assert ledger.false_alerts == 2


@pytest.mark.parametrize(("source", "jti", "detected"), [
    ("leak_report", "ann-1", START + 200), ("leak_report", "bob-1", None), ("leak_report", None, None),
    ("reviewer", "ann-1", None), ("public", None, None),
])
def test_only_a_leak_report_that_names_the_leak_detects_by_itself(
    source: Literal["leak_report", "reviewer", "public"], jti: str | None, detected: float | None,
) -> None:
    story = Story("ann", "bob")
    story.leak(at=100)
    story.add(events.LeakReported(START + 200, "report", source, jti, None, "", "", "somebody"))
    assert story.ledger().detected_at == detected


SCOPES: list[tuple[scopes.Scope, bool]] = [
    (scopes.TokenScope("ann-1"), True), (scopes.TokenScope("bob-1"), False),
    (scopes.TesterScope("ann"), True), (scopes.TesterScope("bob"), False),
    (scopes.CohortScope("artists"), True), (scopes.CohortScope("red team"), False),
    (scopes.IssuedBeforeScope(START), True), (scopes.IssuedBeforeScope(START - 1), False),
    (scopes.KeyScope("kid-1"), True), (scopes.KeyScope("kid-2"), False),
    (scopes.AllScope(), True),
]


@pytest.mark.parametrize(("scope", "covers"), SCOPES)
def test_a_response_counts_when_its_scope_covers_the_leak(scope: scopes.Scope, covers: bool) -> None:
    revoked, suspended = Story("ann", "bob"), Story("ann", "bob")
    for story in (revoked, suspended):
        story.leak(at=100)
    revoked.revoke(scope, at=200)
    suspended.suspend(scope, at=200, until=20_000)
    for story in (revoked, suspended):
        ledger = story.ledger()
        assert ledger.decided_at == (START + 200 if covers else None)
        assert ledger.time_to_stop == (100 if covers else None)


def test_a_response_before_the_leak_is_no_decision_on_it_but_stops_it() -> None:
    story = Story("ann")
    story.revoke(scopes.TokenScope("ann-1"), at=50)
    story.leak(at=100)
    ledger = story.ledger()
    assert ledger.decided_at is None
    assert ledger.time_to_stop == 0


def test_a_pause_stops_the_leak_until_it_is_resumed() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.pause(at=300)
    assert story.ledger().time_to_stop == 200
    story.resume(at=500)
    assert story.ledger().time_to_stop is None
    story.pause(at=600)
    assert story.ledger().time_to_stop == 500
    assert story.ledger().decided_at == START + 300


def test_a_suspension_stops_the_leak_until_it_is_lifted() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.suspend(scopes.TesterScope("ann"), at=300, until=50_000)
    assert story.ledger().time_to_stop == 200
    story.lift(at=500)
    assert story.ledger().time_to_stop is None


def test_a_suspension_that_ends_in_a_revocation_stops_from_its_start() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.suspend(scopes.TesterScope("ann"), at=300, until=700)
    story.revoke(scopes.TesterScope("ann"), at=600)
    story.lift(at=700)
    assert story.ledger().time_to_stop == 200


def test_a_gap_between_suspension_and_revocation_counts() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.suspend(scopes.TesterScope("ann"), at=300, until=500)
    story.lift(at=500)
    story.revoke(scopes.TesterScope("ann"), at=600)
    assert story.ledger().time_to_stop == 500


def test_a_throttle_is_a_decision_but_stops_nothing() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.throttle("ann", at=200)
    story.admit(at=250)
    ledger = story.ledger()
    assert ledger.decided_at == START + 200
    assert ledger.time_to_stop is None
    assert ledger.accepted_after_decision == 1


@pytest.mark.parametrize(("by", "decided"), [("operator", START + 200), ("ann", None)])
def test_who_removes_a_tester_decides_unless_they_leave_themselves(by: str, decided: float | None) -> None:
    story = Story("ann")
    story.leak(at=100)
    story.add(events.TesterLeft(START + 200, "ann", by))
    assert story.ledger().decided_at == decided
    assert story.ledger().time_to_stop == 100


def test_a_token_that_runs_out_stops_without_a_decision() -> None:
    story = Story("ann", lifetime=600)
    story.leak(at=100)
    story.admit(at=590)
    ledger = story.ledger()
    assert ledger.time_to_stop == 500
    assert ledger.decided_at is None


def test_each_new_leak_puts_the_stop_off() -> None:
    story = Story("ann", lifetime=600)
    story.leak(at=100)
    story.issue("ann", "ann-2", at=700)
    story.leak(at=710, jti="ann-2")
    assert story.ledger().time_to_stop == 1200
    story.issue("ann", "ann-3", at=9900)
    story.leak(at=9900, jti="ann-3")
    assert story.ledger().time_to_stop is None
    assert story.ledger().leaked_at == START + 100


def test_with_two_leaks_the_lag_is_that_of_the_worse_one() -> None:
    story = Story("ann", "bob")
    story.leak("ann", at=100)
    story.revoke(scopes.TesterScope("ann"), at=200)
    story.admit("ann-1", at=210)
    story.leak("bob", at=300)
    story.admit("bob-1", at=400)
    assert story.ledger().time_to_stop is None
    story.revoke(scopes.TesterScope("bob"), at=500)
    story.admit("bob-1", at=503)
    ledger = story.ledger()
    assert ledger.enforcement_lag == 10
    assert ledger.accepted_after_decision == 2
    assert ledger.time_to_stop == 400
    assert ledger.exposure_window == 403


def test_posting_the_same_token_again_changes_nothing() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.admit(at=150)
    before = story.ledger()
    story.leak(at=200)
    assert story.ledger().exposure_window == before.exposure_window
    assert story.ledger().leaked_at == before.leaked_at


def test_a_token_that_is_posted_again_is_still_the_one_that_was_decided_on() -> None:
    story = Story("ann")
    story.leak(at=100)
    story.revoke(scopes.TokenScope("ann-1"), at=200)
    story.leak(at=250)
    story.admit(at=260)
    assert story.ledger().enforcement_lag == 60
    assert story.ledger().accepted_after_decision == 1


def test_a_token_bought_after_the_revocation_is_another_one() -> None:
    story = Story("ann")
    story.revoke(scopes.TesterScope("ann"), at=50)
    story.key("ann", at=55)
    story.issue("ann", "ann-2", at=60)
    story.leak(at=100, jti="ann-2")
    assert story.ledger().time_to_stop is None


def test_a_decision_on_a_key_holds_for_what_is_bought_with_it_later() -> None:
    story = Story("ann")
    story.leak(at=100, what="tester_key")
    story.throttle("ann", at=150)
    story.issue("ann", "ann-2", at=160, origin=PAGE)
    story.admit("ann-2", at=170)
    assert story.ledger().accepted_after_decision == 1
    assert story.ledger().enforcement_lag == 20


def test_what_the_tester_buys_with_the_leaked_key_has_not_leaked() -> None:
    story = Story("ann")
    story.leak(at=100, what="tester_key")
    story.issue("ann", "ann-3", at=160)
    story.key("ann", at=200)
    assert story.ledger().time_to_stop == 100


def test_what_strangers_buy_with_a_leaked_key_is_leaked_too() -> None:
    story = Story("ann")
    story.leak(at=100, what="tester_key")
    story.issue("ann", "ann-2", at=150, origin=PAGE)
    story.issue("ann", "ann-3", at=160)
    story.admit("ann-2", at=170)
    story.admit("ann-3", at=180, origin="home of ann")
    ledger = story.ledger()
    assert ledger.misuse_requests == 1
    assert ledger.first_misuse_at == START + 170


def test_a_leaked_key_is_not_stopped_by_revoking_one_token() -> None:
    story = Story("ann")
    story.leak(at=100, what="tester_key")
    story.issue("ann", "ann-2", at=150, origin=PAGE)
    story.revoke(scopes.TokenScope("ann-2"), at=200)
    assert story.ledger().decided_at == START + 200
    assert story.ledger().time_to_stop is None
    story.revoke(scopes.TesterScope("ann"), at=300)
    assert story.ledger().time_to_stop == 200


def test_a_new_key_ends_the_leaked_one_but_not_the_tokens_it_bought() -> None:
    story = Story("ann")
    story.leak(at=100, what="tester_key")
    story.issue("ann", "ann-2", at=150, origin=PAGE)
    story.key("ann", at=200)
    assert story.ledger().decided_at == START + 200
    assert story.ledger().time_to_stop is None
    story.revoke(scopes.TokenScope("ann-2"), at=300)
    assert story.ledger().time_to_stop == 200
    assert story.ledger().keys_reissued == 1


def test_a_tester_revoked_earlier_can_leak_the_new_key() -> None:
    story = Story("ann")
    story.revoke(scopes.TesterScope("ann"), at=50)
    story.key("ann", at=60)
    story.leak(at=100, what="tester_key")
    assert story.ledger().time_to_stop is None


def test_a_leaked_token_whose_issue_is_not_in_the_log_is_followed_all_the_same() -> None:
    story = Story()
    story.leak(at=100)
    story.admit(at=150)
    story.revoke(scopes.TesterScope("ann"), at=200)
    assert story.ledger().exposure_window == 50
    assert story.ledger().time_to_stop == 100


STEPS = ("admit", "leak", "alert", "revoke", "suspend", "lift", "pause", "resume", "throttle")


@given(st.lists(st.tuples(st.integers(0, 9000), st.sampled_from(STEPS)), max_size=25))
def test_the_spans_fit_together_whatever_happens(steps: list[tuple[int, str]]) -> None:
    ledger = _told(sorted(steps))
    clocks = ledger.leaked_at, ledger.first_misuse_at, ledger.last_accepted_at
    if ledger.exposure_window is not None and None not in clocks:
        leaked, first, _ = (at for at in clocks if at is not None)
        assert ledger.dwell_time is not None
        assert ledger.exposure_window == pytest.approx(ledger.dwell_time + first - leaked)
    assert (ledger.misuse_requests == 0) == (ledger.first_misuse_at is None)
    if ledger.enforcement_lag:
        assert ledger.accepted_after_decision > 0
    if ledger.leaked_at is None:
        assert ledger.time_to_stop is None
    spans = (
        ledger.time_to_detect, ledger.time_to_decide, ledger.enforcement_lag, ledger.exposure_window,
        ledger.dwell_time, ledger.time_to_stop,
    )
    assert all(span is None or span >= 0 for span in spans)


def _told(steps: list[tuple[int, str]]) -> Ledger:
    story = Story("ann", "bob")
    tell: dict[str, Callable[[int], None]] = {
        "admit": lambda at: story.admit(at=at),
        "leak": lambda at: story.leak(at=at),
        "alert": lambda at: story.alert(at=at, jti="ann-1"),
        "revoke": lambda at: story.revoke(scopes.TesterScope("bob"), at=at),
        "suspend": lambda at: story.suspend(scopes.TesterScope("ann"), at=at, until=at + 500),
        "lift": lambda at: story.lift(at=at),
        "pause": lambda at: story.pause(at=at),
        "resume": lambda at: story.resume(at=at),
        "throttle": lambda at: story.throttle("ann", at=at),
    }
    for at, what in steps:
        tell[what](at)
    return story.ledger()
