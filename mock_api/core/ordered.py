"""An index that keeps keys by rank: pages in O(log n + page), also from a rank that has gone meanwhile."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Ordered:
    """Keys in the order of their ranks; a rank is an int and stands for one key."""

    __slots__ = ("_keys", "_ranks")

    def __init__(self) -> None:
        self._ranks: list[int] = []
        self._keys: list[str] = []

    def __len__(self) -> int:
        return len(self._ranks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ordered) and (self._ranks, self._keys) == (other._ranks, other._keys)

    __hash__ = None  # type: ignore[assignment]  # It changes, so it must not be a key itself.

    def add(self, rank: int, key: str) -> None:
        """Put `key` in its place; at the end, where most go, this costs nothing."""
        place = len(self._ranks)
        if place and rank < self._ranks[-1]:
            place = bisect_left(self._ranks, rank)
        self._ranks.insert(place, rank)
        self._keys.insert(place, key)

    def remove(self, rank: int) -> None:
        """Take out the key of `rank`, if there is one."""
        place = bisect_left(self._ranks, rank)
        if place < len(self._ranks) and self._ranks[place] == rank:
            del self._ranks[place], self._keys[place]

    def page(self, after: int | None, limit: int, *, descending: bool = False) -> list[str]:
        """Up to `limit` keys whose rank comes after `after` (exclusive) in the direction asked for."""
        if descending:
            stop = len(self._keys) if after is None else bisect_left(self._ranks, after)
            return self._keys[max(0, stop - limit):stop][::-1]
        start = 0 if after is None else bisect_right(self._ranks, after)
        return self._keys[start:start + limit]
