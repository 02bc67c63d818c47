"""Many origins, one token."""

from __future__ import annotations

from mock_api.core.detection.concurrency import ORIGINS_KEPT, ConcurrencyWatch
from mock_api.core.detection.watcher import REARM
from mock_api.core.policy import ConcurrencyDetector

DETECTOR = ConcurrencyDetector(name="hands", window=600.0, origins=3)


def test_it_speaks_at_the_third_origin_within_the_window() -> None:
    watch = ConcurrencyWatch(DETECTOR)
    assert [watch.take(at, origin) for at, origin in ((0.0, "a"), (1.0, "b"), (2.0, "a"), (599.0, "c"))] == [
        False, False, False, True
    ]
    assert watch.evidence() == "3 origins used this token within 10 minutes"


def test_origins_that_follow_one_another_slowly_are_one_person_on_the_move() -> None:
    watch = ConcurrencyWatch(DETECTOR)
    assert not any(watch.take(400.0 * number, f"origin {number}") for number in range(50))


def test_it_keeps_a_bounded_number_of_origins() -> None:
    watch = ConcurrencyWatch(DETECTOR)
    for number in range(5000):
        if watch.take(0.01 * number, f"origin {number}"):
            watch.hush(0.01 * number)
        assert len(watch.last_seen) <= ORIGINS_KEPT + 1
    assert watch.take(REARM + 100.0, "a") is False      # All the others were long ago.


def test_many_origins_are_told_as_at_least() -> None:
    watch = ConcurrencyWatch(DETECTOR)
    for number in range(100):
        watch.take(0.01 * number, f"origin {number}")
    assert watch.evidence() == "at least 64 origins used this token within 10 minutes"
