"""Followers of the journal: each has a bounded queue; whoever does not keep up is let go with a clear end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock

CAPACITY = 10_000  # lines a follower may lag behind
RESUME = "resume after the last id you have seen"


class Feed:
    """One follower's queue of (position, line). Filled from the writer thread, emptied on the event loop."""

    def __init__(self, feeds: Feeds, capacity: int) -> None:
        self._feeds, self._capacity = feeds, capacity
        self._loop = asyncio.get_running_loop()
        self._lines: deque[tuple[int, bytes]] = deque()
        self._news = asyncio.Event()
        self.ended_because: str | None = None

    async def next(self) -> list[tuple[int, bytes]]:
        """Wait for news and return all of it, in order; nothing once `ended_because` says why."""
        while not self._lines and self.ended_because is None:
            self._news.clear()
            await self._news.wait()
        news, self._lines = list(self._lines), deque()
        return news

    def close(self) -> None:
        """Stop following."""
        self._feeds.remove(self)

    def deliver(self, lines: list[tuple[int, bytes]]) -> None:
        """Hand over committed lines. Safe to call from another thread."""
        self._call(partial(self._accept, lines))

    def end(self, because: str) -> None:
        """Tell the follower that nothing more will come. Safe to call from another thread."""
        self._call(partial(self._end, because))

    def _call(self, step: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(step)
        except RuntimeError:  # The follower's event loop is closed: nobody listens any more.
            self.close()

    def _accept(self, lines: list[tuple[int, bytes]]) -> None:
        if self.ended_because is not None:
            return
        if len(self._lines) + len(lines) > self._capacity:
            self._end(f"you are more than {self._capacity} events behind; {RESUME}")
            return
        self._lines.extend(lines)
        self._news.set()

    def _end(self, because: str) -> None:
        self.close()
        self.ended_because = self.ended_because or because
        self._news.set()


class Feeds:
    """All followers of one journal."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._feeds: list[Feed] = []

    def add(self) -> Feed:
        """A new follower, who hears what is delivered from now on."""
        feed = Feed(self, self._capacity)
        with self._lock:
            self._feeds = [*self._feeds, feed]
        return feed

    def remove(self, feed: Feed) -> None:
        """Forget a follower; forgetting twice is fine."""
        with self._lock:
            self._feeds = [other for other in self._feeds if other is not feed]

    def deliver(self, lines: list[tuple[int, bytes]]) -> None:
        """Hand committed lines to everyone."""
        for feed in self._feeds:
            feed.deliver(lines)

    def end(self, because: str) -> None:
        """Let everyone go."""
        for feed in self._feeds:
            feed.end(because)

    def __bool__(self) -> bool:
        return bool(self._feeds)
