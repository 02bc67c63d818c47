"""The journal: events go into a buffer, one thread writes them out in groups, and whoever must be sure waits.

* Group commit: while one group is being written the next one gathers; 100 waiting commands cost one fsync.
* Events nobody waits for (reads at the gate) ride along, at most `LINGER` later.
* A failed write loses nothing: the group stays in the buffer and is tried again until the disk recovers.
  Meanwhile `check` and `flushed` raise JournalUnavailable: no new command is taken, the buffer stays bounded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event as Signal
from threading import Lock, Thread

import msgspec
from sqlalchemy.exc import DBAPIError

from mock_api.core.events import Event

from .commits import Commits, newest_at, read
from .database import Database, database_at
from .errors import JournalDamagedError, JournalUnavailable
from .feed import RESUME, Feed, Feeds
from .older import as_written_now

LINGER = 0.2            # seconds an event nobody waits for may wait for company
RETRY_AFTER = 0.25      # seconds between attempts while the disk refuses
BUFFER_LIMIT = 100_000  # events waiting for the disk beyond which no command is taken
GROUP_LIMIT = 20_000    # events in one commit

_decode = msgspec.json.Decoder(Event).decode_lines
_log = logging.getLogger("leaklab.journal")


class Journal:
    """An event log in a database. `place` is a path (SQLite) or a database URL."""

    def __init__(self, place: str | Path, *, buffer_limit: int = BUFFER_LIMIT) -> None:
        self._database = database_at(place)
        self._commits = _opened(self._database)
        self._position = self._commits.position
        self._buffer_limit = buffer_limit
        self._lock = Lock()
        self._pending: list[Event] = []
        self._waiting: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._is_awake = False
        self._trouble: str | None = None
        self._closing = False
        self._news, self._hurry = Signal(), Signal()
        self._feeds = Feeds()
        self._writer = Thread(target=self._write, name="journal-writer", daemon=True)
        self._writer.start()

    @property
    def position(self) -> int:
        """How many events are on disk; the 1-based number of the newest."""
        return self._position

    @property
    def failing_because(self) -> str | None:
        """Why nothing can be written at the moment, or None."""
        if self._trouble is None and len(self._pending) >= self._buffer_limit:
            return f"{len(self._pending)} events wait for the disk"
        return self._trouble

    def __call__(self, event: Event, /) -> None:
        """Accept one event; it is on disk once `flushed` has returned."""
        self._pending.append(event)
        if not self._is_awake:  # No lock here: the writer lies down before it looks, we look after we append.
            self._is_awake = True
            self._news.set()

    def check(self) -> None:
        """Raise JournalUnavailable when new events could not be kept."""
        if self._trouble is not None or len(self._pending) >= self._buffer_limit:
            raise JournalUnavailable

    async def flushed(self) -> None:
        """Wait until every event accepted so far is on disk; raise JournalUnavailable when that fails."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if not self._pending:
                return
            if self._trouble is not None or self._closing:
                raise JournalUnavailable
            done: asyncio.Future[None] = loop.create_future()
            self._waiting.append((self._position + len(self._pending), loop, done))
        self._hurry.set()
        await done

    def lines(self, after: int = 0, *, since: float | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield (position, one event as JSON) beyond `after`, without commits that end before `since`."""
        for first, payload in read(self._database, after, since):
            for position, line in enumerate(payload.splitlines(), first):
                if position > after:
                    yield position, line

    def events(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) beyond `after`; raises JournalDamagedError where the log is broken."""
        return islice(self._events(after), limit)

    def groups(self) -> Iterator[list[Event]]:
        """Yield all events, one list a commit: quicker than `events` where a million are read at a start."""
        return (events for _, events in _decoded(self._database, 0))

    def subscribe(self) -> Feed:
        """Follow what is committed from now on. Call from an event loop; end with `Feed.close`."""
        return self._feeds.add()

    def dismiss(self) -> None:
        """Let the followers go: the server is about to stop, and would wait for them."""
        self._feeds.end(f"the server is shutting down; {RESUME}")

    def close(self) -> None:
        """Write what is left and let the file go; raises JournalUnavailable when that fails."""
        with self._lock:
            self._closing = True
        self._hurry.set()
        self._news.set()
        self._writer.join()
        self.dismiss()
        self._database.release()
        if self._pending:
            raise JournalUnavailable

    def _events(self, after: int) -> Iterator[tuple[int, Event]]:
        for first, events in _decoded(self._database, after):
            for position, event in enumerate(events, first):
                if position > after:
                    yield position, event

    # --- the writer thread ---

    def _write(self) -> None:
        while True:
            if self._trouble is None:
                self._news.wait()
            self._hurry.wait(RETRY_AFTER if self._trouble else LINGER)
            with self._lock:
                self._news.clear()
                self._hurry.clear()
                self._is_awake = False
                group = self._pending[:GROUP_LIMIT]
                closing = self._closing
            if group:
                self._commit(group)
            if closing and (not self._pending or self._trouble):
                return

    def _commit(self, group: list[Event]) -> None:
        first = self._position + 1
        try:
            kept = self._commits.append(group)
        except Exception as error:  # Whatever it is: a dead writer would leave everyone waiting for ever.
            self._settle_waiting(" ".join(str(getattr(error, "orig", error)).split()))
            return
        with self._lock:
            del self._pending[: kept.count]
            self._position += kept.count
            if self._pending:
                self._news.set()
        self._settle_waiting(None)
        if self._feeds:
            self._feeds.deliver(list(enumerate(kept.payload.splitlines(), first)))

    def _settle_waiting(self, trouble: str | None) -> None:
        """Answer those whose events are on disk; while the disk refuses, everyone."""
        if trouble is not None and self._trouble is None:
            _log.error("The journal cannot be written (%s); requests are refused until it can.", trouble)
        elif trouble is None and self._trouble is not None:
            _log.warning("The journal is written again; nothing was lost.")
        with self._lock:
            self._trouble = trouble
            position = self._position
            answered = [one for one in self._waiting if trouble or one[0] <= position]
            self._waiting = [one for one in self._waiting if not trouble and one[0] > position]
            if self._waiting:
                self._hurry.set()
        for _, loop, done in answered:
            _answer(loop, done, trouble is not None)


def read_events(place: str | Path) -> Iterator[Event]:
    """Every event of the journal at `place`, which a running server may have open; raises JournalError."""
    database = database_at(place)
    try:
        for _, events in _decoded(database, 0):
            yield from events
    finally:
        database.release()


def glance(place: str | Path) -> tuple[str, float | None]:
    """Where a journal lies, without any password, and `at` of its newest commit, if any; raises JournalError."""
    database = database_at(place)
    try:
        return database.where, newest_at(database)
    except DBAPIError as error:
        raise database.unopened(error) from error
    finally:
        database.release()


def _opened(database: Database) -> Commits:
    try:
        database.hold()
        return Commits(database)
    except DBAPIError as error:
        database.release()
        raise database.unopened(error) from error
    except Exception:
        database.release()
        raise


def _decoded(database: Database, after: int) -> Iterator[tuple[int, list[Event]]]:
    for first, payload in read(database, after):
        try:
            yield first, _events_in(payload)
        except msgspec.MsgspecError as error:
            raise JournalDamagedError(
                f"The journal holds events this version cannot read, near event {first} ({error}); "
                "use the version that wrote it, or start an empty programme elsewhere."
            ) from error


def _events_in(payload: bytes) -> list[Event]:
    try:
        return _decode(payload)
    except msgspec.MsgspecError:
        return _decode(as_written_now(payload))


def _answer(loop: asyncio.AbstractEventLoop, done: asyncio.Future[None], failed: bool) -> None:
    """Settle a future that belongs to an event loop in another thread."""

    def settle() -> None:
        if done.done():  # Whoever waited has gone away.
            return
        if failed:
            done.set_exception(JournalUnavailable())
        else:
            done.set_result(None)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:  # The loop is closed; nobody waits any more.
        return
