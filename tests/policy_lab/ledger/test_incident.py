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
