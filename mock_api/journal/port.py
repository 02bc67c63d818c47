"""What the web layer asks of a journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from mock_api.core.events import Event

from .feed import Feed


class JournalPort(Protocol):
    """An event log that can be waited for, read from a position, and followed."""

    @property
    def position(self) -> int:
        """How many events are on disk; the 1-based number of the newest."""
        ...

    @property
    def failing_because(self) -> str | None:
        """Why nothing can be written at the moment, or None."""
        ...

    def __call__(self, event: Event, /) -> None:
        """Accept one event."""
        ...

    async def flushed(self) -> None:
        """Wait until every event accepted so far is on disk; raise JournalUnavailable when that fails."""
        ...

    def check(self) -> None:
        """Raise JournalUnavailable when new events could not be kept."""
        ...

    def lines(self, after: int = 0, *, since: float | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield (position, one event as JSON) beyond `after`, without commits that end before `since`."""
        ...

    def events(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) beyond position `after`."""
        ...

    def subscribe(self) -> Feed:
        """Follow what is committed from now on. Call from an event loop; end with `Feed.close`."""
        ...
