"""Virtual time moves when told to, and only forwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policy_lab.clock import VirtualClock


def test_it_starts_in_the_year_2100_so_that_a_mixture_of_clocks_shows() -> None:
    assert datetime.fromtimestamp(VirtualClock().now(), UTC) == datetime(2100, 1, 1, tzinfo=UTC)


def test_it_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(10.0)

    assert clock.now() == clock.now() == 10.0
    clock.advance_to(12.5)
    assert clock.now() == 12.5


def test_it_does_not_run_backwards() -> None:
    clock = VirtualClock(10.0)

    with pytest.raises(ValueError, match="backwards"):
        clock.advance_to(9.0)
