"""What many replications say, and what they decline to say."""

from __future__ import annotations

from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_lab.estimates import Estimate, decides, estimate, paired_difference, quantile, verdict

figures = st.floats(-1e6, 1e6)


def test_the_half_width_is_students() -> None:
    # Student's own example, the extra sleep of ten patients (Biometrika 6, 1908): mean 1.58, sd 1.23.
    sleep = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    given = estimate(sleep)
    assert given.mean == pytest.approx(1.58)
    assert given.half_width == pytest.approx(0.8799, abs=1e-4)
    assert given.median == pytest.approx(1.3)
    assert str(given) == "1.6 ± 0.88 (n=10)"


def test_runs_without_a_value_are_counted_and_not_averaged() -> None:
    given = estimate([1.0, None, 3.0])
    assert (given.mean, given.replications, given.missing) == (2.0, 2, 1)
    assert str(given).endswith("(n=2 of 3)")


def test_one_run_has_a_mean_and_no_interval() -> None:
    assert estimate([7.0]) == Estimate(7.0, None, 7.0, 7.0, 7.0, 1)
    assert str(estimate([7.0])) == "7.0 (n=1)"


@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_no_value_gives_nothing_but_the_count(values: list[float | None]) -> None:
    given = estimate(values)
    assert given == Estimate(None, None, None, None, None, 0, len(values))
    assert str(given).startswith("not in any run")


@given(st.lists(figures, min_size=1, max_size=60))
def test_the_figures_of_an_estimate_lie_in_order_and_do_not_depend_on_it(values: list[float]) -> None:
    given = estimate(values)
    assert given.mean is not None
    assert given.median is not None
    assert given.low is not None
    assert given.high is not None
    slack = 1e-6
    assert min(values) <= given.low <= given.median <= given.high <= max(values)
    assert min(values) - slack <= given.mean <= max(values) + slack
    assert estimate(values[::-1]) == given


def test_nine_runs_in_ten_lie_between_low_and_high() -> None:
    given = estimate([float(number) for number in range(101)])
    assert (given.low, given.median, given.high) == (5, 50, 95)


@pytest.mark.theory
def test_the_interval_of_the_mean_covers_it_as_often_as_it_says() -> None:
    luck, covered = Random(1), 0
    for _ in range(2000):
        given = estimate([luck.gauss(10, 3) for _ in range(8)])
        assert given.mean is not None
        assert given.half_width is not None
        covered += abs(given.mean - 10) <= given.half_width
    assert covered / 2000 == pytest.approx(0.95, abs=0.015)


@pytest.mark.theory
def test_the_interval_of_a_quantile_covers_it_at_least_as_often_as_it_says() -> None:
    luck, covered = Random(2), 0
    for _ in range(2000):
        given = quantile([luck.random() for _ in range(40)], 0.8)
        assert given.low is not None
        assert given.high is not None
        covered += given.low <= 0.8 <= given.high
    assert 0.945 <= covered / 2000 <= 0.99


def test_the_interval_of_the_median_is_the_known_order_statistics() -> None:
    # Conover 1999, table of the binomial: n = 20, 95 %: the 6th and the 15th value.
    given = quantile([float(number) for number in range(1, 21)], 0.5)
    assert (given.low, given.value, given.high) == (6, 10.5, 15)


def test_a_sample_too_small_gives_no_bound() -> None:
    assert quantile([1.0, 2.0], 0.95).high is None
    assert quantile([1.0, 2.0], 0.05).low is None


@given(st.lists(figures, min_size=1, max_size=40))
def test_the_middle_quantile_is_the_median(values: list[float]) -> None:
    assert quantile(values, 0.5).value == pytest.approx(median(values))


def test_a_difference_is_taken_run_by_run() -> None:
    first, second = [10.0, 200.0, 3000.0], [9.0, 199.0, 2999.0]
    assert paired_difference(first, second) == estimate([1.0, 1.0, 1.0])


def test_a_pair_that_lacks_a_value_is_missing() -> None:
    given = paired_difference([1.0, None, 3.0], [0.0, 1.0, None])
    assert (given.replications, given.missing) == (1, 2)


def test_two_lists_of_different_length_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired_difference([1.0, 2.0], [1.0])


@pytest.mark.parametrize(("first", "second", "said"), [
    ([1, 2, 1, 2], [8, 9, 9, 8], "outputs escaped: lower under A than under B by 7.0 ± 1.3 (n=4)."),
    ([8, 9, 9, 8], [1, 2, 1, 2], "outputs escaped: higher under A than under B by 7.0 ± 1.3 (n=4)."),
    ([3, 3], [3, 3], "outputs escaped: A and B are the same in all 2 replications."),
    ([5], [3], "outputs escaped: one replication cannot tell A from B; run more."),
    ([None], [3], "outputs escaped: no replication gives a value under both A and B."),
])
def test_a_verdict_is_a_sentence(first: list[float | None], second: list[float | None], said: str) -> None:
    assert verdict(paired_difference(first, second), "outputs_escaped", "A", "B") == said


def test_no_winner_is_named_where_the_interval_covers_zero() -> None:
    difference = paired_difference([1.0, 5.0, 2.0], [2.0, 3.0, 2.0])
    assert not decides(difference)
    assert "no winner is named" in verdict(difference, "visitors", "A", "B")


def test_a_higher_confidence_decides_less_easily() -> None:
    first, second = [1.0, 2.0, 4.0, 3.0], [0.0, 0.0, 3.0, 3.0]
    assert decides(paired_difference(first, second, confidence=0.8))
    assert not decides(paired_difference(first, second, confidence=0.999))
