"""Spans of time: how long, and since when without a gap."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from policy_lab.ledger.coverage import Span, length, unbroken_since

HORIZON = 50.0
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (float(min(pair)), float(max(pair)))),
    max_size=8,
)


def covered(given: list[Span], instant: float) -> bool:
    return any(start <= instant < end for start, end in given)


@given(spans)
def test_the_length_is_the_seconds_that_some_span_covers(given: list[Span]) -> None:
    assert length(given, HORIZON) == sum(covered(given, second) for second in range(int(HORIZON)))


@given(spans)
def test_unbroken_means_no_second_without_cover_until_the_horizon(given: list[Span]) -> None:
    since = unbroken_since(given, HORIZON)
    reaching = [start for start, end in given if start <= HORIZON <= end]
    assert (since is None) == (not reaching)
    if since is not None:
        assert all(covered([(start, end + 0.5) for start, end in given], at) for at in range(int(since), 50))
        assert since == 0 or not any(start < since <= end for start, end in given)


def test_nothing_covers_nothing() -> None:
    assert length([], HORIZON) == 0
    assert unbroken_since([], HORIZON) is None


def test_a_span_for_good_reaches_any_horizon() -> None:
    assert length([(10.0, inf)], HORIZON) == 40
    assert unbroken_since([(10.0, inf)], HORIZON) == 10


def test_what_starts_after_the_horizon_is_not_seen() -> None:
    assert unbroken_since([(60.0, inf)], HORIZON) is None
    assert length([(60.0, inf)], HORIZON) == 0
