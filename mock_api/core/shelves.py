"""Access tokens in force, of one cohort and signed with one key: counted, not walked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import inf

from .instants import Instants


class Shelf:
    """Issue instants by tester. A cutoff costs the same, however many tokens it stops.

    Of each tester the first instant carries a mark, so that testers are counted as tokens are. A cutoff moves many
    marks at once; they are put right when the next question needs them.
    """

    __slots__ = ("_held", "_issued", "_marks_are_off", "kid")

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._held: dict[str, list[float]] = {}  # ascending; what lies at or before the floor is gone
        self._issued = Instants()
        self._marks_are_off = False

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
        held = self._held.get(tester_id)
        if held is not None and held[-1] > self._issued.floor:
            held.append(at)
        else:
            self._held[tester_id] = [at]
            self._issued.mark(at)

    def leave(self, tester_id: str, at: float) -> bool:
        """The token issued at `at` is in force no longer; whether it stood here."""
        held = self._held.get(tester_id, ())
        place = bisect_left(held, at)
        if not isinstance(held, list) or place == len(held) or held[place] != at or at <= self._issued.floor:
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
        held = self._held.pop(tester_id, None)
        if held is None:
            return False
        floor = self._issued.floor
        if held[0] > floor:
            self._issued.unmark(held[0])
        elif held[-1] > floor:
            held = held[bisect_right(held, floor):]
        else:
            return False
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
            self._marks_are_off = True

    def count(self, upto: float) -> int:
        """The tokens issued at or before `upto`."""
        return self.total if upto >= self.latest else self._issued.count(upto)

    def count_of(self, tester_id: str) -> int:
        """The tokens of a tester."""
        held = self._held.get(tester_id)
        return 0 if held is None else len(held) - bisect_right(held, self._issued.floor)

    def has(self, tester_id: str, upto: float) -> bool:
        """Whether a tester holds a token issued at or before `upto`."""
        held = self._held.get(tester_id, ())
        place = bisect_right(held, self._issued.floor)
        return place < len(held) and held[place] <= upto

    def holders(self, upto: float) -> int:
        """How many testers hold a token issued at or before `upto`."""
        if self._marks_are_off:
            self._set_marks_right()
        return len(self._held) if upto >= self.latest else self._issued.marks(upto)

    def holder_ids(self) -> Iterable[str]:
        """The testers with a token here, and some who held one."""
        return self._held

    def crumble(self, count: int) -> bool:
        """Let go of `count` testers' lists, once nobody needs them; whether nothing is left."""
        for _ in range(min(count, len(self._held))):
            self._held.popitem()
        return not self._held

    def _set_marks_right(self) -> None:
        floor = self._issued.floor
        for tester_id, held in list(self._held.items()):
            cut = bisect_right(held, floor)
            if cut == len(held):
                del self._held[tester_id]
            elif cut:
                del held[:cut]
                self._issued.mark(held[0])
        self._marks_are_off = False


def holders(shelves: list[Shelf], upto: float = inf) -> int:
    """How many testers of one cohort hold a token issued at or before `upto` on any of its shelves.

    Who holds tokens of two keys is looked up one by one: there are such for a token's lifetime after a rotation.
    """
    filled = sorted((shelf for shelf in shelves if shelf.count(upto)), key=lambda shelf: shelf.holders(upto))
    count = filled[-1].holders(upto) if filled else 0
    for place, shelf in enumerate(filled[:-1]):
        bigger = filled[place + 1:]
        count += sum(
            shelf.has(tester_id, upto) and not any(other.has(tester_id, upto) for other in bigger)
            for tester_id in shelf.holder_ids()
        )
    return count
