"""The clips that were fetched, in memory, up to a number of bytes; the oldest go first."""

from __future__ import annotations

from collections import OrderedDict

from .upstream import Content


class Shelf:
    """Contents by clip and variant; at most `limit` bytes together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._contents: OrderedDict[tuple[str, str], Content] = OrderedDict()
        self.size = 0

    def put(self, clip_id: str, variant: str, content: Content) -> None:
        """Keep a file; one that alone is over the limit is not kept."""
        if len(content.body) > self._limit:
            return
        self._contents[clip_id, variant] = content
        self.size += len(content.body)
        while self.size > self._limit:
            _, dropped = self._contents.popitem(last=False)
            self.size -= len(dropped.body)

    def get(self, clip_id: str, variant: str) -> Content | None:
        """The file, or None if it was never here or had to go."""
        return self._contents.get((clip_id, variant))
