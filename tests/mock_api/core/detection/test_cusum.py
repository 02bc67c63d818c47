"""Page's sum against Siegmund's approximation and the exact chain of Brook and Evans."""

from __future__ import annotations

from math import exp, lgamma, log
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core.detection.cusum import CusumWatch, cusum_memory
from mock_api.core.policy import CusumDetector


def run_length(detector: CusumDetector, counts: RandomCounts) -> int:
    """Windows until the sum reaches `decision`."""
    watch, windows = CusumWatch(detector), 0
    while watch.sum < detector.decision and windows < 100_000:
        watch.absorb(counts.draw())
        windows += 1
    return windows


class RandomCounts:
    """Requests per window, about Normal(1000, 100²) or Poisson."""

    def __init__(self, seed: int, poisson: float | None = None) -> None:
        self._random = Random(seed)
        self._limit = exp(-poisson) if poisson is not None else None

    def draw(self) -> int:
        if self._limit is None:
            return round(self._random.gauss(1000.0, 100.0))
        count, product = 0, self._random.random()
        while product > self._limit:
            count, product = count + 1, product * self._random.random()
        return count


def siegmund(shift: float, slack: float, decision: float) -> float:
    """Siegmund 1985: the average run length, in standard deviations; for a shift unlike the slack."""
    drift, limit = shift - slack, decision + 1.166
    return (exp(-2 * drift * limit) + 2 * drift * limit - 1) / (2 * drift * drift)


def brook_and_evans(mean: float, reference: int, decision: int) -> float:
    """Brook and Evans 1972: the exact average run length of an integer CUSUM over Poisson counts."""
    chance = [exp(count * log(mean) - mean - lgamma(count + 1)) for count in range(200)]
    stay = np.zeros((decision, decision))
    for start in range(decision):
        for count, probability in enumerate(chance):
            end = max(0, start + count - reference)
            if end < decision:
                stay[start, end] += probability
    return float(np.linalg.solve(np.eye(decision) - stay, np.ones(decision))[0])


@pytest.mark.theory
def test_in_control_it_runs_as_long_as_siegmund_says() -> None:
    detector = CusumDetector(name="cusum", expected=1000.0, slack=50.0, decision=400.0)  # k = ½ sd, h = 4 sd
    counts = RandomCounts(1954)
    lengths = [run_length(detector, counts) for _ in range(1200)]
    expected = siegmund(0.0, 0.5, 4.0)
    assert expected == pytest.approx(336, rel=0.02)  # Montgomery's tables: 168 two-sided
    assert sum(lengths) / len(lengths) == pytest.approx(expected, rel=0.1)


@pytest.mark.theory
def test_a_shift_of_one_deviation_is_found_as_fast_as_siegmund_says() -> None:
    detector = CusumDetector(name="cusum", expected=900.0, slack=50.0, decision=400.0)  # risen by 1 sd
    counts = RandomCounts(1985)
    lengths = [run_length(detector, counts) for _ in range(3000)]
    assert sum(lengths) / len(lengths) == pytest.approx(siegmund(1.0, 0.5, 4.0), rel=0.05)


@pytest.mark.theory
def test_for_poisson_counts_it_runs_as_long_as_the_exact_chain_says() -> None:
    detector = CusumDetector(name="cusum", expected=4.0, slack=1.0, decision=10.0)
    counts = RandomCounts(1972, poisson=4.0)
    lengths = [run_length(detector, counts) for _ in range(2000)]
    assert sum(lengths) / len(lengths) == pytest.approx(brook_and_evans(4.0, 5, 10), rel=0.08)


@pytest.mark.theory
@given(
    counts=st.lists(st.integers(0, 50), max_size=20),
    silent=st.integers(0, 50),
    decision=st.integers(1, 100),
)
def test_silent_windows_at_once_equal_silent_windows_one_by_one(
    counts: list[int], silent: int, decision: int
) -> None:
    detector = CusumDetector(name="cusum", expected=4.0, slack=1.5, decision=float(decision))
    at_once, one_by_one = CusumWatch(detector), CusumWatch(detector)
    for count in counts:
        at_once.absorb(count)
        one_by_one.absorb(count)
    at_once.absorb(5, silent)
    one_by_one.absorb(5)
    for _ in range(silent):
        one_by_one.absorb(0)
    assert at_once.sum == one_by_one.sum


def test_a_small_lasting_rise_is_noticed_though_no_window_is_large() -> None:
    watch = CusumWatch(CusumDetector(name="cusum", expected=4.0, slack=2.0, decision=30.0))
    spoke_at = None
    for minute in range(60):
        for number in range(10):  # 4 more than is explained, each minute
            at = 60.0 * minute + number
            if watch.take(at, "an origin") and spoke_at is None:
                spoke_at = at
    assert spoke_at is not None
    assert 60.0 * 7 <= spoke_at < 60.0 * 8


def test_it_says_how_much_has_piled_up() -> None:
    watch = CusumWatch(CusumDetector(name="cusum", expected=4.0, slack=2.0, decision=30.0))
    assert [watch.take(0.5 * number, "an origin") for number in range(36)] == [False] * 35 + [True]
    assert watch.evidence() == "30 requests have piled up above the expected 4 (+2) in a minute"


def test_after_an_alert_the_sum_starts_anew_and_after_the_memory_nothing_is_left() -> None:
    detector = CusumDetector(name="cusum")
    watch = CusumWatch(detector)
    for number in range(36):
        watch.take(0.5 * number, "an origin")
    watch.hush(18.0)
    assert (watch.sum, watch.requests) == (0.0, 0)
    for number in range(36):
        watch.take(60.0 + 0.5 * number, "an origin")
    watch.take(60.0 + cusum_memory(detector), "an origin")
    assert watch.sum == 0.0
