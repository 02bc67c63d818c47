"""The sliding minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_api.core.quotas import RateWindows


def test_the_limit_fits_and_one_more_does_not() -> None:
    rates = RateWindows()
    for second in range(10):
        assert rates.wait("ada", 10, float(second)) == 0.0
        rates.count("ada", float(second))
    assert rates.wait("ada", 10, 9.0) == 51.0
    assert rates.wait("ada", 10, 60.0) == 0.0


def test_testers_do_not_share_a_window() -> None:
    rates = RateWindows()
    rates.count("ada", 0.0)
    assert rates.wait("ben", 1, 0.0) == 0.0


def test_a_lower_limit_counts_what_was_admitted_under_the_higher_one() -> None:
    rates = RateWindows()
    for second in range(10):
        rates.count("ada", float(second))
    assert rates.wait("ada", 2, 30.0) == 38.0


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    rates = RateWindows()
    for at in (0.0, 30.0, 60.0):
        rates.count("ada", at)
    assert list(rates.admitted["ada"]) == [30.0, 60.0]


@given(
    limit=st.integers(1, 5),
    pauses=st.lists(st.floats(0, 40), max_size=60),
)
def test_no_minute_holds_more_than_the_limit_and_waiting_helps(limit: int, pauses: list[float]) -> None:
    rates, now, admitted = RateWindows(), 1e9, []
    for pause in pauses:
        now += pause
        wait = rates.wait("ada", limit, now)
        if wait == 0.0:
            rates.count("ada", now)
            admitted.append(now)
        else:
            assert rates.wait("ada", limit, now + wait + 1e-6) == 0.0
    for first, over in zip(admitted, admitted[limit:], strict=False):
        assert over - first >= 60.0
    assert len(rates.admitted.get("ada", ())) <= limit
