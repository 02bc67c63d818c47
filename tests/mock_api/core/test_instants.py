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
                at += number % 3 / 2
                for _ in range(1 + number % 40):
                    line.add(at)
                    there.append(at)
                if at <= line.floor:  # Nobody puts anything below the floor.
                    there = [each for each in there if each > line.floor]
                    line.total = len(there)
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
    for number in range(3 * 16_384):
        line.add(float(number))
        if number % 10 == 0:
            line.mark(float(number))
    assert (line.count(20_000.0), line.marks(20_000.0)) == (20_001, 2_001)
    for number in range(16_384):
        if number % 10 == 0:
            line.unmark(float(number))
        line.remove(float(number))
    assert len(line._at) == 2 * 16_384
    assert (line.total, line.count(20_000.0)) == (2 * 16_384, 20_001 - 16_384)
    line.raise_floor(40_000.0)
    assert len(line._at) == 16_384
    assert (line.count(40_100.0), line.marks(40_100.0)) == (100, 10)


def test_a_tally_adds_up_at_every_width() -> None:
    tally = Tally()
    for number in range(40_000):
        for _ in range(number % 5):
            tally.add(number)
    for place in (0, 1, 127, 128, 129, 16_383, 16_384, 16_500, 39_999, 40_000):
        assert tally.before(place) == sum(number % 5 for number in range(place))
