"""A growing line of instants with two tallies: how many stand at or before one is answered without walking them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from math import inf

NEVER = -inf

_CHUNK = 1 << 15  # What is over is cut off in pieces of this many places.
_AT_ONCE = 1024   # places that come before it is looked again whether something is over


class Tally:
    """Counts by place, with sums over 32, 1024 and 32 768 places, so that no question adds up many numbers."""

    __slots__ = ("_by_5", "_by_10", "_by_15", "_ones")

    def __init__(self) -> None:
        self._ones, self._by_5, self._by_10, self._by_15 = array("I"), array("I"), array("I"), array("I")

    def add(self, place: int) -> None:
        """Count one more at `place`, which may lie beyond the last."""
        if place >= len(self._ones):
            self._reach(place)
        self._ones[place] += 1
        self._by_5[place >> 5] += 1
        self._by_10[place >> 10] += 1
        self._by_15[place >> 15] += 1

    def subtract(self, place: int) -> None:
        """Count one less at `place`."""
        self._ones[place] -= 1
        self._by_5[place >> 5] -= 1
        self._by_10[place >> 10] -= 1
        self._by_15[place >> 15] -= 1

    def before(self, place: int) -> int:
        """The sum of all places before `place`."""
        by_5, by_10, by_15 = place >> 5, place >> 10, place >> 15
        return (
            sum(self._by_15[:by_15]) + sum(self._by_10[by_15 << 5:by_10])
            + sum(self._by_5[by_10 << 5:by_5]) + sum(self._ones[by_5 << 5:place])
        )

    def first_chunk(self) -> int:
        """The sum of the oldest `_CHUNK` places."""
        return self._by_15[0]

    def cut(self) -> None:
        """Drop the oldest `_CHUNK` places."""
        del self._ones[:_CHUNK], self._by_5[:_CHUNK >> 5], self._by_10[:_CHUNK >> 10], self._by_15[:1]

    def _reach(self, place: int) -> None:
        for level, bits in ((self._ones, 0), (self._by_5, 5), (self._by_10, 10), (self._by_15, 15)):
            last = place >> bits
            if last == len(level):
                level.append(0)
            elif last > len(level):
                level.extend([0] * (last + 1 - len(level)))


class Instants:
    """A multiset of instants, each with a number of marks. They arrive in ascending order and leave in any.

    Everything at or before `floor` is gone: to raise the floor costs nothing, whatever was below. What a whole list
    takes out is taken out by and by; answers are exact all the while.
    """

    __slots__ = (
        "_asked", "_at", "_gone", "_gone_marks", "_marks", "_owed", "_there", "floor", "latest", "total",
    )

    def __init__(self) -> None:
        self._at = array("d")
        self._there, self._marks = Tally(), Tally()
        self._owed: list[list[float]] = []  # gone, but still in the tally
        self._asked: tuple[float, int] | None = None  # the instant asked for last, and how many places it reaches
        self._gone = self._gone_marks = 0   # what the tallies still have at or before the floor
        self.floor = NEVER
        self.latest = NEVER                 # the last that ever came
        self.total = 0

    def add(self, at: float) -> None:
        """One more at `at`, which is not before the latest."""
        if at > self.latest:
            self._at.append(at)
            self.latest, self._asked = at, None
            if not len(self._at) % _AT_ONCE:
                self._trim()
        self._there.add(len(self._at) - 1)
        self.total += 1

    def remove(self, at: float) -> None:
        """One less at `at`, where one is."""
        self._there.subtract(self._place(at))
        self.total -= 1
        self._trim()

    def remove_all(self, instants: list[float]) -> None:
        """Take out a list in ascending order, which nobody else changes any more: at constant cost."""
        if instants:
            self.total -= len(instants)
            self._owed.append(instants)

    def tidy(self, count: int) -> int:
        """Do up to `count` steps of what was left for later; how many were not needed."""
        self._trim()
        while self._owed and count > 0:
            count = self._pay(count)
        return count

    def mark(self, at: float) -> None:
        """One mark more at `at`, where one is."""
        self._marks.add(self._place(at))

    def unmark(self, at: float) -> None:
        """One mark less at `at`, where one is."""
        self._marks.subtract(self._place(at))

    def raise_floor(self, instant: float) -> None:
        """Everything at or before `instant` is gone."""
        if instant > self.floor:
            owed, gone = self._owed_in(instant), self._gone
            self.floor = instant
            self._look_below()
            self.total -= self._gone - gone - owed

    def count(self, upto: float) -> int:
        """How many there are at or before `upto`."""
        if upto <= self.floor:
            return 0
        return self._there.before(self._reach(upto)) - self._gone - self._owed_in(upto)

    def marks(self, upto: float) -> int:
        """How many marks there are at or before `upto`."""
        if upto <= self.floor:
            return 0
        return self._marks.before(self._reach(upto)) - self._gone_marks

    def _owed_in(self, upto: float) -> int:
        """How many above the floor, at or before `upto`, are gone but still in the tally."""
        return sum(bisect_right(gone, upto) - bisect_right(gone, self.floor) for gone in self._owed)

    def _look_below(self) -> None:
        place = self._reach(self.floor)
        self._gone, self._gone_marks = self._there.before(place), self._marks.before(place)

    def _reach(self, upto: float) -> int:
        """How many places stand at or before `upto`: a revocation asks several times for the same."""
        if self._asked is None or self._asked[0] != upto:
            self._asked = upto, bisect_right(self._at, upto)
        return self._asked[1]

    def _place(self, at: float) -> int:
        return bisect_right(self._at, at) - 1

    def _pay(self, count: int) -> int:
        gone = self._owed[-1]
        steps = min(count, len(gone))
        for _ in range(steps):
            at = gone.pop()
            if at > self.floor:
                self._there.subtract(self._place(at))
        if not gone:
            self._owed.pop()
        return count - steps

    def _trim(self) -> None:
        if len(self._at) > _CHUNK and (self._at[_CHUNK - 1] <= self.floor or not self._there.first_chunk()):
            del self._at[:_CHUNK]
            self._asked = None
            self._there.cut()
            self._marks.cut()
            self._look_below()
