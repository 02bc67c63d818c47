"""A journal that keeps its events in a list: for drills and tests, where a restart may forget."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from mock_api.core.events import Event

from .feed import RESUME, Feed, Feeds


class MemoryJournal:
    """The journal's manners without a disk."""

    failing_because: str | None = None

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._feeds = Feeds()

    @property
    def position(self) -> int:
        """How many events there are."""
        return len(self._events)

    def __call__(self, event: Event, /) -> None:
        """Accept one event."""
        self._events.append(event)
        if self._feeds:
            self._feeds.deliver([(len(self._events), msgspec.json.encode(event))])

    async def flushed(self) -> None:
        """Return at once: what is accepted is kept."""

    def check(self) -> None:
        """Never refuse."""

    def lines(self, after: int = 0, *, since: float | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield (position, one event as JSON) beyond `after`, without what is older than `since`."""
        for position, event in self.events(after):
            if since is None or event.at >= since:
                yield position, msgspec.json.encode(event)

    def events(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) beyond position `after`."""
        return islice(enumerate(self._events[after:], after + 1), limit)

    def subscribe(self) -> Feed:
        """Follow what happens from now on."""
        return self._feeds.add()

    def close(self) -> None:
        """Let the followers go."""
        self._feeds.end(f"the server is shutting down; {RESUME}")
