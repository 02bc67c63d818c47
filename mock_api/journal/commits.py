"""How events lie in the database: one row per commit, holding its events as newline-delimited JSON.

Each row carries a digest over the row before it and its own payload, so that a missing or altered row is
noticed when the log is replayed. No SQL here is particular to one database; what is lives in `sqlite`, `postgres`.

A commit that failed may be on disk all the same: the connection broke while the database was at it. So whoever
failed looks at the last row before writing on: is it the one that was sent, the one before, or somebody else's?
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    LargeBinary,
    MetaData,
    Select,
    Table,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mock_api.core.events import Event

from .database import Database
from .errors import JournalTakenOverError

METADATA = MetaData()
COMMITS = Table(
    "commits",
    METADATA,
    Column("first", BigInteger, primary_key=True, autoincrement=False),  # position of the first event, from 1
    Column("count", BigInteger, nullable=False),     # how many events
    Column("at", Float, nullable=False),             # `at` of the latest of them, epoch seconds
    Column("digest", LargeBinary, nullable=False),   # blake2b(digest of the row before + payload)
    Column("payload", LargeBinary, nullable=False),  # one event per line
)
FIRST_PAGE, LARGEST_PAGE = 500, 16_000  # events read at once: few for a glance, many for a replay

_log = logging.getLogger("leaklab.journal")
_encode_lines = msgspec.json.Encoder().encode_lines


class Commit(msgspec.Struct, frozen=True):
    """One row."""

    first: int
    count: int
    at: float
    digest: bytes
    payload: bytes

    @property
    def end(self) -> tuple[int, bytes]:
        """Position of the last event, and the digest: what the next row is built on."""
        return self.first + self.count - 1, self.digest


class Commits:
    """The table of commits in a database that is held: append at the end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sent: Commit | None = None  # whose outcome is not known
        with database.writing() as connection:
            METADATA.create_all(connection)
            self._end = _end(connection)

    @property
    def position(self) -> int:
        """How many events are on disk, as far as is known."""
        return self._end[0]

    def append(self, events: list[Event]) -> Commit:
        """Commit `events` in one transaction and return once they are on disk.

        After a failure, call again with the same events and any newer ones behind them: where the failed commit
        turns out to be on disk, it is returned, and has fewer events.
        """
        if self._sent is not None and self._is_on_disk(self._sent):
            return self._kept(self._sent)
        payload = _encode_lines(events)
        position, digest = self._end
        at = max(events[0].at, events[-1].at)
        self._sent = Commit(position + 1, len(events), at, _chained(digest, payload), payload)
        with self._database.writing() as connection:
            connection.execute(insert(COMMITS), msgspec.structs.asdict(self._sent))
        return self._kept(self._sent)

    def _is_on_disk(self, sent: Commit) -> bool:
        with self._database.writing() as connection:  # Only who holds the database knows that nothing is under way.
            end = _end(connection)
        if end not in (sent.end, self._end):
            raise JournalTakenOverError(self._database.where)
        what = "is on disk" if end == sent.end else "never arrived"
        _log.warning("The commit at event %d, whose outcome was unknown, %s.", sent.first, what)
        return end == sent.end

    def _kept(self, commit: Commit) -> Commit:
        self._end, self._sent = commit.end, None
        return commit


def read(database: Database, after: int = 0, since: float | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield (position of the first event, payload) of each commit with events beyond `after`. Streams.

    Raises JournalDamagedError where a row is missing or altered, JournalUnavailable where nobody answers.
    """
    due, digest = (1, b"") if after == 0 and since is None else (0, b"")
    for row in _rows(database, after, since):
        is_row = isinstance(row.payload, bytes) and isinstance(row.count, int)  # SQLite keeps types loosely.
        if not is_row or (due and (row.first != due or row.digest != _chained(digest, row.payload))):
            raise database.damaged(f"a commit is missing or altered near event {due}")
        due, digest = (row.first + row.count, row.digest) if since is None else (0, b"")
        yield row.first, row.payload


def newest_at(database: Database) -> float | None:
    """The instant of the newest commit, epoch seconds, or None where there is none yet."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(COMMITS.name):
            return None
        return connection.execute(select(COMMITS.c.at).order_by(COMMITS.c.first.desc()).limit(1)).scalar()


def _rows(database: Database, after: int, since: float | None) -> Iterator[Commit]:
    """The rows page by page: nothing stays open between two, however slowly somebody reads, or breaks off."""
    first = COMMITS.c.first
    begin, end = select(func.max(first)).where(first <= after + 1), select(func.max(first))
    ((low, last),) = _asked(database, select(begin.scalar_subquery(), end.scalar_subquery()))
    low, span = low or 1, FIRST_PAGE
    while last is not None and low <= last:
        page = select(COMMITS).where(first >= low, first < low + span).order_by(first)
        for row in _asked(database, page if since is None else page.where(COMMITS.c.at >= since)):
            yield Commit(*row)
        low, span = low + span, min(2 * span, LARGEST_PAGE)


def _asked(database: Database, query: Select[Any]) -> Sequence[Any]:
    try:
        with database.engine.connect() as connection:
            return connection.execute(query).all()
    except DBAPIError as error:
        raise database.trouble(error) from error
    except (SQLAlchemyError, TypeError) as error:
        raise database.damaged(str(error.__cause__ or error)) from error


def _end(connection: Connection) -> tuple[int, bytes]:
    last = connection.execute(select(COMMITS).order_by(COMMITS.c.first.desc()).limit(1)).first()
    return (0, b"") if last is None else Commit(*last).end


def _chained(before: bytes, payload: bytes) -> bytes:
    return blake2b(before + payload, digest_size=16).digest()
