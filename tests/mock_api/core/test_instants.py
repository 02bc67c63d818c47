"""A line of instants, counted without walking, held against a list that is walked."""

from __future__ import annotations

from bisect import bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_api.core.instants import Instants, Tally

DEEDS = st.lists(st.tuples(st.sampled_from(["add", "add", "add", "remove", "many", "floor"]), st.integers(0, 99)))


@settings(max_examples=200, deadline=None)
@given(deeds=DEEDS, ask=st.integers(0, 60))
def test_counts_are_those_of_a_sorted_list(deeds: list[tuple[str, int]], ask: int) -> None:
    line, there, at = Instants(), [], 0.0
    for deed, number in deeds:
        match deed:
            case "add":
                at = max(at + number % 3 / 2, line.floor + 0.5)  # Nobody puts anything below the floor.
                for _ in range(1 + number % 40):
                    line.add(at)
                    there.append(at)
            case "remove" if there:
                line.remove(there.pop(number % len(there)))
            case "many":
                gone = there[number % 7::3]
                del there[number % 7::3]
                line.remove_all(gone)
            case "floor":
                line.raise_floor(number / 4)
                there = there[bisect_right(there, number / 4):]
        assert line.total == len(there)
        assert line.count(float(ask)) == bisect_right(there, float(ask))


def test_marks_count_like_instants_and_what_is_over_is_cut_off() -> None:
    line = Instants()
    for number in range(3 * 32_768):
        line.add(float(number))
        if number % 10 == 0:
            line.mark(float(number))
    assert (line.count(40_000.0), line.marks(40_000.0)) == (40_001, 4_001)
    for number in range(32_768):
        if number % 10 == 0:
            line.unmark(float(number))
        line.remove(float(number))
    assert len(line._at) == 2 * 32_768
    assert (line.total, line.count(40_000.0)) == (2 * 32_768, 40_001 - 32_768)
    line.raise_floor(80_000.0)
    line.tidy(1)
    assert len(line._at) == 32_768
    assert (line.count(80_100.0), line.marks(80_100.0)) == (100, 10)


def test_a_tally_adds_up_at_every_width() -> None:
    tally = Tally()
    for number in range(40_000):
        for _ in range(number % 5):
            tally.add(number)
    for place in (0, 1, 127, 128, 129, 16_383, 32_768, 16_500, 39_999, 40_000):
        assert tally.before(place) == sum(number % 5 for number in range(place))
