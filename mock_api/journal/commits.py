"""How events lie in the database: one row per commit, holding its events as newline-delimited JSON.

Each row carries a digest over the row before it and its own payload, so that a missing or altered row is
noticed when the log is replayed. No SQL here is particular to one database; what is lives in `sqlite`.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import msgspec
from sqlalchemy import BigInteger, Column, Engine, Float, LargeBinary, MetaData, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from mock_api.core.events import Event

from .errors import JournalDamagedError

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
CURE = "restore the file from a backup, or move it away to start an empty programme"

_encode_lines = msgspec.json.Encoder().encode_lines


class Commits:
    """The table of commits: append at the end, read from a position."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine, self._where = engine, where
        METADATA.create_all(engine)
        self._digest = b""
        self.position = 0
        with engine.connect() as connection:
            last = connection.execute(select(COMMITS).order_by(COMMITS.c.first.desc()).limit(1)).first()
        if last is not None:
            self.position, self._digest = last.first + last.count - 1, last.digest

    def append(self, events: list[Event]) -> bytes:
        """Commit `events` in one transaction; return once they are on disk, with the bytes written."""
        payload = _encode_lines(events)
        digest = _chained(self._digest, payload)
        row = {
            "first": self.position + 1, "count": len(events), "at": max(events[0].at, events[-1].at),
            "digest": digest, "payload": payload,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(COMMITS), row)
        self._digest = digest
        self.position += len(events)
        return payload

    def read(self, after: int = 0, since: float | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield (position of the first event, payload) of each commit with events beyond `after`. Streams."""
        start = select(func.coalesce(func.max(COMMITS.c.first), 0)).where(COMMITS.c.first <= after + 1)
        query = select(COMMITS).where(COMMITS.c.first >= start.scalar_subquery()).order_by(COMMITS.c.first)
        if since is not None:
            query = query.where(COMMITS.c.at >= since)
        due, digest = (1, b"") if after == 0 and since is None else (0, b"")
        try:
            with self._engine.connect() as connection:
                for row in connection.execution_options(yield_per=500).execute(query):
                    if due and (row.first != due or row.digest != _chained(digest, row.payload)):
                        raise self._damaged(f"a commit is missing or altered near event {due}")
                    due, digest = (row.first + row.count, row.digest) if since is None else (0, b"")
                    yield row.first, row.payload
        except (SQLAlchemyError, TypeError) as error:
            raise self._damaged(str(error.__cause__ or error)) from error

    def _damaged(self, what: str) -> JournalDamagedError:
        return JournalDamagedError(f"The journal {self._where} is damaged ({what}); {CURE}.")


def _chained(before: bytes, payload: bytes) -> bytes:
    return blake2b(before + payload, digest_size=16).digest()
