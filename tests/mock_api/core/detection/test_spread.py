"""A token that never sleeps."""

from __future__ import annotations

from mock_api.core.detection.spread import SpreadWatch
from mock_api.core.detection.watcher import REARM, span_in_words
from mock_api.core.policy import SpreadDetector


def test_it_speaks_in_the_eighteenth_active_hour_of_a_day() -> None:
    watch = SpreadWatch(SpreadDetector(name="sleepless", active_hours=18))
    assert [watch.take(3600.0 * hour, "an origin") for hour in range(18)] == [False] * 17 + [True]
    assert watch.evidence() == "this token was used in 18 of the last 24 hours"


def test_somebody_who_sleeps_eight_hours_is_never_noticed() -> None:
    watch = SpreadWatch(SpreadDetector(name="sleepless", active_hours=18))
    awake = (3600.0 * (24 * day + hour) for day in range(30) for hour in range(16))
    assert not any(watch.take(at + minutes, "an origin") for at in awake for minutes in (0.0, 1800.0))


def test_a_day_of_silence_wipes_the_day_before() -> None:
    watch = SpreadWatch(SpreadDetector(name="sleepless", active_hours=2))
    watch.take(0.0, "an origin")
    assert not watch.take(24 * 3600.0, "an origin")
    assert watch.take(25 * 3600.0, "an origin")


def test_after_an_alert_it_is_silent_for_the_rearm_time() -> None:
    watch = SpreadWatch(SpreadDetector(name="sleepless", active_hours=1))
    assert watch.take(0.0, "an origin")
    watch.hush(0.0)
    assert not watch.take(REARM - 1, "an origin")
    assert watch.take(REARM, "an origin")


def test_spans_are_told_in_words() -> None:
    spans = (1.0, 60.0, 90.0, 600.0, 3600.0, 7200.0, 86400.0)
    assert [span_in_words(span) for span in spans] == [
        "a second", "a minute", "90 seconds", "10 minutes", "an hour", "2 hours", "a day"
    ]
