"""The line: first come, first served, and everybody may ask for their place or leave from the middle."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator


class WaitingLine:
    """A queue of ids with the place of each in O(log n).

    Places are counted by a Fenwick tree over slots in order of joining; whoever leaves frees a slot, and the
    slots are laid out anew once they are used up. Those sent back (`put_back`) go before everybody else.
    """

    def __init__(self) -> None:
        self._sent_back: dict[str, int] = {}  # Never more than the desk has slots.
        self._slot_of: dict[str, int] = {}  # In order of joining; the tree's indices start at 1.
        self._lay_out(64)

    def __len__(self) -> int:
        return len(self._sent_back) + len(self._slot_of)

    def __contains__(self, name: str) -> bool:
        return name in self._slot_of or name in self._sent_back

    def __iter__(self) -> Iterator[str]:
        yield from sorted(self._sent_back, key=self._sent_back.__getitem__)
        yield from self._slot_of

    def join(self, name: str) -> None:
        """Stand at the end."""
        if self._used == self._size:
            self._lay_out(max(64, 2 * len(self._slot_of)))
        self._used += 1
        self._slot_of[name] = self._used
        self._add(self._used, 1)
        self._order.append(name)

    def put_back(self, name: str, rank: int) -> None:
        """Stand before everybody who never had a turn; among those sent back the lower `rank` goes first."""
        self._sent_back[name] = rank

    def leave(self, name: str) -> None:
        """Step out, wherever one stands. Whoever does not stand here is let be."""
        slot = self._slot_of.pop(name, None)
        if slot is not None:
            self._add(slot, -1)
        else:
            self._sent_back.pop(name, None)

    def take(self) -> str:
        """The first in line; there must be one."""
        if self._sent_back:
            first = min(self._sent_back, key=self._sent_back.__getitem__)
            del self._sent_back[first]
            return first
        while True:
            name = self._order.popleft()
            if name in self._slot_of:  # Those who left are skipped here, once each.
                self.leave(name)
                return name

    def place(self, name: str) -> int:
        """The 1-based place, or 0 for whoever does not stand here."""
        slot = self._slot_of.get(name)
        if slot is None:
            rank = self._sent_back.get(name)
            return 0 if rank is None else sum(each <= rank for each in self._sent_back.values())
        tree, before = self._tree, len(self._sent_back)
        while slot:
            before += tree[slot]
            slot &= slot - 1
        return before

    def _add(self, slot: int, change: int) -> None:
        tree, size = self._tree, self._size
        while slot <= size:
            tree[slot] += change
            slot += slot & -slot

    def _lay_out(self, size: int) -> None:
        names = list(self._slot_of)
        self._size, self._used = max(64, 2 * size), len(names)
        self._order = deque(names)
        self._tree = [0] * (self._size + 1)
        self._slot_of = {name: slot for slot, name in enumerate(names, 1)}
        for slot in range(1, len(names) + 1):
            self._add(slot, 1)
