"""What the journal asks of a database, and which one a path or a URL means: that of `sqlite` or of `postgres`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from .errors import JournalError

FORM = "postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE (what is not a letter or a digit percent-encoded)"


class Database(Protocol):
    """A database that this process alone writes to, from `hold` until `release`."""

    @property
    def where(self) -> str:
        """Its path or address, without any password."""
        ...

    @property
    def engine(self) -> Engine:
        """Connections to read with; usable without `hold`, beside a process that writes."""
        ...

    def hold(self) -> None:
        """Keep every other process from writing; raises JournalInUseError."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """The one connection that may write; what is done in the block is on disk when it ends without an error.

        After an error nobody knows whether it is. Whoever lost the connection holds the database anew before
        the next block begins, or gets JournalInUseError.
        """
        ...

    def trouble(self, error: DBAPIError) -> Exception:
        """What to raise where reading failed: damage, or a database that cannot be reached just now."""
        ...

    def unopened(self, error: DBAPIError) -> JournalError:
        """What to raise where opening failed: one sentence on what to do."""
        ...

    def damaged(self, what: str) -> JournalError:
        """What to raise where the log is not what was written."""
        ...

    def release(self) -> None:
        """Close every connection and let another process have it."""
        ...


def database_at(place: str | Path) -> Database:
    """The database at a path (SQLite) or a URL; raises JournalError where it is neither."""
    from .sqlite import SqliteFile  # noqa: PLC0415 - each database is loaded where it is used.

    text = str(place)
    if "://" not in text:
        return SqliteFile(Path(text))
    url = _url(text)
    match url.get_backend_name():
        case "sqlite":
            return SqliteFile(Path(url.database or "journal.sqlite"))
        case "postgresql":
            from .postgres import PostgresDatabase  # noqa: PLC0415 - psycopg is an extra.

            return PostgresDatabase(url)
        case other:
            raise JournalError(f"A journal lies in SQLite or PostgreSQL, not in {other}; give a path, or {FORM}.")


def _url(text: str) -> URL:
    """The parsed URL; no part of what cannot be parsed is repeated, for it may be a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in f"{url.host}{url.database}":
        raise JournalError(f"The address of the journal's database cannot be read; it should look like {FORM}.")
    return url
