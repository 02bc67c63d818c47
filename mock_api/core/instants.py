"""A growing line of instants with two tallies: how many stand at or before one is answered without walking them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from math import inf

NEVER = -inf

_BITS = (0, 7, 14)       # A tally keeps sums of 1, 128 and 16 384 places, so that no question adds up more than 400.
_CHUNK = 1 << _BITS[-1]  # What is over is cut off in pieces of this many places.
_AT_ONCE = 32            # Instants taken out at once; more are taken out a few at a time.


class Tally:
    """Counts by place, with sums at three widths."""

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        self._levels = tuple(array("I") for _ in _BITS)

    def append(self, count: int) -> None:
        """Put `count` at a new last place."""
        place = len(self._levels[0])
        for bits, level in zip(_BITS, self._levels, strict=True):
            if place >> bits == len(level):
                level.append(count)
            else:
                level[place >> bits] += count

    def change(self, place: int, by: int) -> None:
        """Count `by` more at `place`."""
        for bits, level in zip(_BITS, self._levels, strict=True):
            level[place >> bits] += by

    def before(self, place: int) -> int:
        """The sum of all places before `place`."""
        ones, some, many = self._levels
        middle, low = (place >> 14) << 7, (place >> 7) << 7
        return sum(many[:place >> 14]) + sum(some[middle:place >> 7]) + sum(ones[low:place])

    def first_chunk(self) -> int:
        """The sum of the oldest `_CHUNK` places."""
        return self._levels[-1][0]

    def cut(self) -> None:
        """Drop the oldest `_CHUNK` places."""
        for bits, level in zip(_BITS, self._levels, strict=True):
            del level[:_CHUNK >> bits]


class Instants:
    """A multiset of instants, each with a number of marks. They arrive in ascending order and leave in any.

    Everything at or before `floor` is gone: to raise the floor costs nothing, whatever was below. What a whole list
    takes out is taken out by and by; answers are exact all the while.
    """

    __slots__ = ("_at", "_marks", "_owed", "_there", "floor", "total")

    def __init__(self) -> None:
        self._at = array("d")
        self._there, self._marks = Tally(), Tally()
        self._owed: list[list[float]] = []  # gone, but still in the tally
        self.floor = NEVER
        self.total = 0

    @property
    def latest(self) -> float:
        """The last instant that ever came; `NEVER` before the first."""
        return self._at[-1] if self._at else NEVER

    def add(self, at: float) -> None:
        """One more at `at`, which is not before the latest."""
        if self._at and self._at[-1] == at:
            self._there.change(len(self._at) - 1, 1)
        else:
            self._at.append(at)
            self._there.append(1)
            self._marks.append(0)
        self.total += 1
        if self._owed:
            self._pay(2)

    def remove(self, at: float) -> None:
        """One less at `at`, where one is."""
        self._there.change(self._place(at), -1)
        self.total -= 1
        self._trim()

    def remove_all(self, instants: list[float]) -> None:
        """Take out a list in ascending order, which nobody else changes any more: at constant cost."""
        self.total -= len(instants)
        self._owed.append(instants)
        if len(instants) <= _AT_ONCE:
            self._pay(len(instants))

    def mark(self, at: float, by: int = 1) -> None:
        """One mark more (or less) at `at`, where one is."""
        self._marks.change(self._place(at), by)

    def raise_floor(self, instant: float) -> None:
        """Everything at or before `instant` is gone."""
        if instant > self.floor:
            self.total -= self.count(instant)
            self.floor = instant
            self._trim()

    def count(self, upto: float) -> int:
        """How many there are at or before `upto`."""
        owed = sum(bisect_right(gone, upto) - bisect_right(gone, self.floor) for gone in self._owed)
        return self._between(self._there, upto) - owed

    def marks(self, upto: float) -> int:
        """How many marks there are at or before `upto`."""
        return self._between(self._marks, upto)

    def _between(self, tally: Tally, upto: float) -> int:
        if upto <= self.floor:
            return 0
        return tally.before(bisect_right(self._at, upto)) - tally.before(bisect_right(self._at, self.floor))

    def _place(self, at: float) -> int:
        return bisect_right(self._at, at) - 1

    def _pay(self, count: int) -> None:
        gone = self._owed[-1]
        for _ in range(min(count, len(gone))):
            at = gone.pop()
            if at > self.floor:
                self._there.change(self._place(at), -1)
        if not gone:
            self._owed.pop()

    def _trim(self) -> None:
        while len(self._at) > _CHUNK and (self._at[_CHUNK - 1] <= self.floor or not self._there.first_chunk()):
            del self._at[:_CHUNK]
            self._there.cut()
            self._marks.cut()
