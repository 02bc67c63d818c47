"""Detection as a whole: who is followed, when an alert is raised, what is forgotten, and replay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from mock_api.core.detection import Detection
from mock_api.core.detection.watcher import REARM
from mock_api.core.errors import RateLimited, TokenRevoked
from mock_api.core.events import AlertRaised, RequestAdmitted
from mock_api.core.policy import (
    ConcurrencyDetector,
    CusumDetector,
    NoticeDetector,
    Policy,
    Quota,
    RateDetector,
    SpreadDetector,
)

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

VELOCITY = RateDetector(name="velocity", minimum=30)
ALL_KINDS = (
    VELOCITY,
    CusumDetector(name="creep"),
    ConcurrencyDetector(name="hands"),
    SpreadDetector(name="sleepless"),
    NoticeDetector(name="press", source="public"),
)
Opener = Callable[..., "Range"]


def alerts(opened: Range) -> list[AlertRaised]:
    return [event for event in opened.events if isinstance(event, AlertRaised)]


def memory_of(detection: Detection) -> tuple[object, ...]:
    """All that detection remembers, to be compared."""
    return (
        detection.detectors, detection.recent, detection.earlier, detection.turns_at, detection.reports,
        detection.notices.counts, detection.notices.quiet_until,
    )


def test_a_burst_raises_one_alert_while_it_lasts(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,))
    tester_id, token = opened.tester_with_token()
    for _ in range(90):
        opened.admit(token)
        opened.clock.advance(0.5)
    (alert,) = alerts(opened)
    assert (alert.detector, alert.jti, alert.tester_id) == ("velocity", opened.jti(token), tester_id)
    assert alert.evidence.startswith("30 requests within a minute; this token's usual rate is ")


def test_requests_that_only_the_rate_limit_refuses_are_noticed(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,), quota=Quota(requests_per_minute=5))
    tester_id, token = opened.tester_with_token()
    for _ in range(40):
        with suppress(RateLimited):
            opened.admit(token)
    (alert,) = alerts(opened)
    assert (alert.jti, alert.tester_id) == (opened.jti(token), tester_id)
    assert alert.evidence.startswith("30 requests within a minute")


def test_requests_on_a_dead_token_raise_nothing(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,))
    _, token = opened.tester_with_token()
    opened.authority.responder.revoke(opened.scope_around(token, "token"), "leaked", "operator")
    for _ in range(40):
        with suppress(TokenRevoked):
            opened.admit(token)
    assert not alerts(opened)


def test_an_alert_is_raised_again_after_the_rearm_time_if_it_goes_on(open_range: Opener) -> None:
    opened = open_range(detectors=(ConcurrencyDetector(name="hands", origins=1),), token_lifetime=1e6)
    _, token = opened.tester_with_token()
    for _ in range(int(2 * REARM) // 100 + 1):
        opened.admit(token)
        opened.clock.advance(100.0)
    assert len(alerts(opened)) == 3


def test_each_token_is_judged_by_its_own_baseline(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,))
    tokens = [opened.tester_with_token()[1] for _ in range(10)]
    for _ in range(25):
        for token in tokens:
            opened.admit(token)
    assert alerts(opened) == []


def test_two_detectors_may_speak_of_one_request(open_range: Opener) -> None:
    loud = ConcurrencyDetector(name="hands", origins=1), SpreadDetector(name="sleepless", active_hours=1)
    opened = open_range(detectors=loud)
    opened.admit(opened.tester_with_token()[1])
    assert [alert.detector for alert in alerts(opened)] == ["hands", "sleepless"]


def test_without_detectors_nothing_is_remembered(open_range: Opener) -> None:
    opened = open_range()
    opened.admit(opened.tester_with_token()[1])
    assert opened.authority.detection.recent == {}


def test_idle_tokens_are_forgotten(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,), token_lifetime=1e7)
    detection = opened.authority.detection
    for _ in range(50):
        for _ in range(20):
            opened.admit(opened.tester_with_token()[1])
        opened.clock.advance(detection.idle / 4)
    assert len(detection.recent) + len(detection.earlier) <= 20 * (2 * 4 + 1)


def test_a_token_in_use_keeps_its_baseline_across_generations(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,), token_lifetime=1e7)
    detection = opened.authority.detection
    _, token = opened.tester_with_token()
    opened.admit(token)
    watchers = detection.recent[opened.jti(token)]
    opened.clock.advance(detection.idle * 1.2)
    opened.admit(opened.tester_with_token()[1])      # Somebody new turns the page.
    opened.admit(token)
    assert detection.recent[opened.jti(token)] is watchers


def test_a_policy_with_the_same_detectors_forgets_nothing_and_one_with_others_starts_anew(
    open_range: Opener,
) -> None:
    opened = open_range(detectors=(VELOCITY, NoticeDetector(name="press", source="public")))
    opened.admit(opened.tester_with_token()[1])
    detection = opened.authority.detection
    same = Policy(name="same", detectors=(VELOCITY, NoticeDetector(name="press", source="public")))
    opened.authority.operator.adopt_policy(same, "operator")
    assert len(detection.recent) == 1
    opened.authority.operator.adopt_policy(Policy(name="other", detectors=ALL_KINDS), "operator")
    assert detection.recent == {}


def test_a_replay_rebuilds_what_detection_remembers(open_range: Opener) -> None:
    opened = open_range(detectors=ALL_KINDS, token_lifetime=1e6)
    tokens = [opened.tester_with_token()[1] for _ in range(5)]
    for step in range(400):
        opened.clock.advance(float(step % 7) * 3)
        opened.admit(tokens[step * step % 5])
        if step % 100 == 0:
            opened.authority.responder.report_leak("public", "press desk", note=str(step))
    assert alerts(opened)
    assert memory_of(opened.replayed().detection) == memory_of(opened.authority.detection)


def test_a_replay_raises_nothing(open_range: Opener) -> None:
    opened = open_range(detectors=(VELOCITY,))
    _, token = opened.tester_with_token()
    for _ in range(40):
        opened.admit(token)
    before = len(opened.events)
    replayed = opened.replayed()
    replayed.settle()
    assert len(opened.events) == before
    event = RequestAdmitted(opened.clock.now(), opened.jti(token), "tester_1", "videos.list", "an origin")
    replayed.record(event)
    replayed.detection.watch(event.jti, event.tester_id, event.origin, event.at)
    assert len(replayed.playbook.cases) == 1
