"""The EWMA detector against its formulas, and what it says about bursts."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core.detection.rate import RateWatch, rate_memory
from mock_api.core.detection.watcher import REARM
from mock_api.core.policy import RateDetector

DETECTOR = RateDetector(name="velocity", window=60.0, smoothing=0.1, threshold=6.0, minimum=30)


def requests(watch: RateWatch, start: float, count: int, spacing: float = 0.1) -> list[bool]:
    return [watch.take(start + number * spacing, "an origin") for number in range(count)]


@pytest.mark.theory
def test_the_mean_of_a_constant_stream_is_a_fixed_point() -> None:
    watch = RateWatch(DETECTOR)
    for _ in range(500):
        watch.absorb(7)
    assert watch.mean == pytest.approx(7.0)
    assert watch.variance == pytest.approx(0.0, abs=1e-9)


@pytest.mark.theory
def test_mean_and_variance_in_the_long_run_are_those_of_roberts_and_finch() -> None:
    random, smoothing = Random(1959), DETECTOR.smoothing
    watch, means, variances = RateWatch(DETECTOR), [], []
    for window in range(60_000):
        watch.absorb(round(random.gauss(1000.0, 50.0)))
        if window >= 200:
            means.append(watch.mean)
            variances.append(watch.variance)
    average = sum(means) / len(means)
    spread = sum((mean - average) ** 2 for mean in means) / len(means)
    assert average == pytest.approx(1000.0, abs=1.5)
    assert spread == pytest.approx(2500.0 * smoothing / (2 - smoothing), rel=0.06)         # Roberts 1959
    within = 2500.0 * (2 - 2 * smoothing) / (2 - smoothing)  # 1 - sum of squared weights
    assert sum(variances) / len(variances) == pytest.approx(within, rel=0.03)


@pytest.mark.theory
@given(
    counts=st.lists(st.integers(0, 1000), max_size=20),
    silent=st.integers(0, 200),
    smoothing=st.floats(0.01, 1.0),
)
def test_silent_windows_at_once_equal_silent_windows_one_by_one(
    counts: list[int], silent: int, smoothing: float
) -> None:
    detector = RateDetector(name="velocity", smoothing=smoothing)
    at_once, one_by_one = RateWatch(detector), RateWatch(detector)
    for count in counts:
        at_once.absorb(count)
        one_by_one.absorb(count)
    at_once.absorb(5, silent)
    one_by_one.absorb(5)
    for _ in range(silent):
        one_by_one.absorb(0)
    assert at_once.mean == pytest.approx(one_by_one.mean, rel=1e-9, abs=1e-9)
    assert at_once.variance == pytest.approx(one_by_one.variance, rel=1e-9, abs=1e-6)


def test_a_burst_is_noticed_within_its_window_at_the_first_request_that_is_too_much() -> None:
    watch = RateWatch(DETECTOR)
    for minute in range(60):
        assert not any(requests(watch, 60.0 * minute, 3))
    answers = requests(watch, 3600.0, 40)
    assert answers.index(True) == 29  # The 30th request: `minimum` is above 3 + 6 standard deviations.
    assert watch.evidence() == "40 requests within a minute; this token's usual rate is 3.0 (±1.7)"


def test_a_busy_token_may_be_busier_than_a_quiet_one() -> None:
    watch = RateWatch(DETECTOR)
    for minute in range(120):
        requests(watch, 60.0 * minute, 50)
    assert not any(requests(watch, 7200.0, 92))     # 50 + 6 √50 = 92.4
    assert watch.take(7200.0 + 30, "an origin")


def test_a_new_token_is_judged_like_a_silent_one() -> None:
    watch = RateWatch(DETECTOR)
    assert requests(watch, 0.0, 30) == [False] * 29 + [True]


def test_silence_lowers_the_baseline() -> None:
    busy, rested = RateWatch(DETECTOR), RateWatch(DETECTOR)
    for minute in range(100):
        requests(busy, 60.0 * minute, 50)
        requests(rested, 60.0 * minute, 50)
    assert not any(requests(busy, 6000.0, 40))
    assert any(requests(rested, 6000.0 + rate_memory(DETECTOR), 40))


def test_after_an_alert_it_is_silent_for_the_rearm_time() -> None:
    watch = RateWatch(DETECTOR)
    requests(watch, 0.0, 30)
    watch.hush(3.0)
    assert not any(requests(watch, 3.0, 30))
    assert not watch.speaks(59.0)
    assert any(requests(watch, 3.0 + REARM, 200))
