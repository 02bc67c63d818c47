"""The index by rank."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_api.core.ordered import Ordered


@given(
    ranks=st.lists(st.integers(0, 50), unique=True), gone=st.sets(st.integers(0, 50)),
    after=st.none() | st.integers(-1, 51), limit=st.integers(1, 60), descending=st.booleans(),
)
def test_a_page_is_what_sorting_would_give(
    ranks: list[int], gone: set[int], after: int | None, limit: int, descending: bool
) -> None:
    ordered = Ordered()
    for rank in ranks:
        ordered.add(rank, f"key {rank}")
    for rank in gone:
        ordered.remove(rank)
    left = sorted(set(ranks) - gone, reverse=descending)
    if after is not None:
        left = [rank for rank in left if (rank < after if descending else rank > after)]
    assert ordered.page(after, limit, descending=descending) == [f"key {rank}" for rank in left[:limit]]


def test_it_tells_how_many_it_holds_and_whether_it_equals_another() -> None:
    one, other = Ordered(), Ordered()
    one.add(1, "a")
    assert len(one) == 1
    assert one != other
    other.add(1, "a")
    assert one == other
