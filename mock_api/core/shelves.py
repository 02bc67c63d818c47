"""Access tokens in force, of one cohort and signed with one key: counted, not walked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import chain
from math import inf

from .instants import Instants


class Shelf:
    """Issue instants by tester. A cutoff costs the same, however many tokens it stops.

    Of each tester the first instant carries a mark, so that testers are counted as tokens are. A cutoff would move many
    marks at once. Instead it sets all lists aside; they come back with their marks a few at a time (`tidy`), or when
    they are touched, or all when a question needs them.
    """

    __slots__ = ("_aside", "_held", "_issued", "kid")

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._held: dict[str, list[float]] = {}         # ascending, nothing below the floor, the first one marked
        self._aside: list[dict[str, list[float]]] = []  # what lies at or before the floor is gone; not all are marked
        self._issued = Instants()

    @property
    def total(self) -> int:
        """How many tokens are in force."""
        return self._issued.total

    @property
    def latest(self) -> float:
        """When the last token was issued."""
        return self._issued.latest

    def enter(self, tester_id: str, at: float) -> None:
        """A token was issued at `at`, not before the latest."""
        self._issued.add(at)
        held = self._held.get(tester_id) or self._put_back(tester_id)
        if held:
            held.append(at)
        else:
            self._held[tester_id] = [at]
            self._issued.mark(at)

    def leave(self, tester_id: str, at: float) -> bool:
        """The token issued at `at` is in force no longer; whether it stood here."""
        held = self._held.get(tester_id) or self._put_back(tester_id)
        place = bisect_left(held, at)
        if place == len(held) or held[place] != at:
            return False
        if place == 0:
            self._issued.unmark(at)
            if len(held) > 1:
                self._issued.mark(held[1])
        del held[place]
        if not held:
            del self._held[tester_id]
        self._issued.remove(at)
        return True

    def leave_all(self, tester_id: str, upto: float) -> bool:
        """All that a tester holds, issued at or before `upto`; whether something newer is left."""
        held = self._held.pop(tester_id, None) or self._put_back(tester_id)
        if not held:
            return False
        self._held.pop(tester_id, None)
        self._issued.unmark(held[0])
        if held[-1] <= upto:
            self._issued.remove_all(held)
            return False
        cut = bisect_right(held, upto)
        self._held[tester_id] = held[cut:]
        self._issued.mark(held[cut])
        self._issued.remove_all(held[:cut])
        return True

    def cut_off(self, instant: float) -> None:
        """Everything issued at or before `instant`."""
        if instant > self._issued.floor:
            self._issued.raise_floor(instant)
            self._aside.append(self._held)
            self._held = {}

    def count(self, upto: float) -> int:
        """The tokens issued at or before `upto`."""
        return self.total if upto >= self.latest else self._issued.count(upto)

    def count_of(self, tester_id: str) -> int:
        """The tokens of a tester."""
        return len(self._held.get(tester_id) or self._put_back(tester_id))

    def has(self, tester_id: str, upto: float) -> bool:
        """Whether a tester holds a token issued at or before `upto`."""
        held = self._held.get(tester_id) or self._put_back(tester_id)
        return bool(held) and held[0] <= upto

    def holders(self, upto: float) -> int:
        """How many testers hold a token issued at or before `upto`."""
        while self._aside:
            self.tidy(1000)
        return len(self._held) if upto >= self.latest else self._issued.marks(upto)

    def holder_ids(self) -> Iterable[str]:
        """The testers with a token here, and some who held one."""
        return list(chain(self._held, *self._aside))

    def tidy(self, count: int) -> bool:
        """Do up to `count` steps of what cutoffs and revoked testers left for later; whether nothing is left."""
        count = self._issued.tidy(count)
        while self._aside and count > 0:
            aside = self._aside[-1]
            for _ in range(min(count, len(aside))):
                self._take_over(*aside.popitem())
                count -= 1
            if not aside:
                self._aside.pop()
        return count > 0 and not self._aside

    def crumble(self, count: int) -> bool:
        """Let go of up to `count` testers' lists, which nobody needs any more; whether nothing is left."""
        for lists in (*self._aside, self._held):
            for _ in range(min(count, len(lists))):
                lists.popitem()
                count -= 1
        return not self._held and not any(self._aside)

    def _put_back(self, tester_id: str) -> list[float]:
        """The tester's list, if it was set aside and something of it is left."""
        for aside in self._aside:
            held = aside.pop(tester_id, None)
            if held is not None:
                return self._take_over(tester_id, held)
        return []

    def _take_over(self, tester_id: str, held: list[float]) -> list[float]:
        cut = bisect_right(held, self._issued.floor)
        if cut == len(held):
            return []
        if cut:
            del held[:cut]
            self._issued.mark(held[0])
        self._held[tester_id] = held
        return held


def holders(shelves: list[Shelf], upto: float = inf) -> int:
    """How many testers of one cohort hold a token issued at or before `upto` on any of its shelves.

    Who holds tokens of two keys is looked up one by one: there are such for a token's lifetime after a rotation.
    """
    if len(shelves) == 1:
        return shelves[0].holders(upto)
    filled = sorted((shelf.holders(upto), number) for number, shelf in enumerate(shelves) if shelf.count(upto))
    count = filled[-1][0] if filled else 0
    ordered = [shelves[number] for _, number in filled]
    for place, shelf in enumerate(ordered[:-1]):
        bigger = ordered[place + 1:]
        count += sum(
            shelf.has(tester_id, upto) and not any(other.has(tester_id, upto) for other in bigger)
            for tester_id in shelf.holder_ids()
        )
    return count
