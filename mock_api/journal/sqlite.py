"""All that is particular to SQLite: how it is opened, how safely it commits, and the lock on the file.

WAL lets readers read while the one writer writes. `synchronous=FULL` makes every commit wait until the
write-ahead log has reached the disk: an acknowledged revocation survives `kill -9` and a power cut. (`NORMAL`
would survive only the former.) Group commit pays for it: one fsync per batch, not per event.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from .commits import CURE
from .errors import JournalDamagedError, JournalError, JournalInUseError

MAGIC = b"SQLite format 3\x00"
BUSY_SECONDS = 2.0  # how long a commit waits for somebody else's lock before it counts as failed


def journal_url(place: str | Path) -> URL:
    """The database URL of a journal given by URL or by the path of an SQLite file."""
    text = str(place)
    return make_url(text) if "://" in text else URL.create("sqlite", database=text)


class SqliteFile:
    """An SQLite file held by this process alone; a lock file beside it tells a second process so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(
                f"The journal {path} cannot be created ({error.strerror}); choose a writable directory."
            ) from error
        try:
            self._take_lock()
            self._look_at_header()
        except JournalError:
            os.close(self._lock)
            raise

    def engine(self) -> Engine:
        """An engine whose connections commit durably."""
        engine = create_engine(
            URL.create("sqlite", database=str(self.path)), connect_args={"timeout": BUSY_SECONDS}
        )
        event.listen(engine, "connect", _commit_durably)
        try:
            engine.connect().close()
        except DBAPIError as error:
            self.release()
            raise self.trouble(error) from error
        return engine

    def trouble(self, error: DBAPIError) -> JournalError:
        """The sentence for a database error at start."""
        if "database disk image is malformed" in str(error.orig) or "not a database" in str(error.orig):
            return self._damaged(str(error.orig))
        return JournalError(
            f"The journal {self.path} cannot be opened ({error.orig}); "
            "check its permissions and the space on its disk."
        )

    def release(self) -> None:
        """Let another process have the journal."""
        with suppress(OSError):
            os.close(self._lock)

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise JournalInUseError(
                f"The journal {self.path} is in use by another process; "
                "stop that one, or choose another data directory."
            ) from error

    def _look_at_header(self) -> None:
        """Notice a file that is cut short before SQLite takes what is left for a new or a whole one."""
        log = Path(f"{self.path}-wal")
        if not self.path.exists() or (log.exists() and log.stat().st_size):
            return  # With a write-ahead log the file itself may lag behind; SQLite sees to that.
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            header = file.read(100)
        if not header.startswith(MAGIC):
            raise self._damaged("it is no SQLite database" if size else "it is empty")
        page_size = int.from_bytes(header[16:18], "big")
        whole = int.from_bytes(header[28:32], "big") * (65536 if page_size == 1 else page_size)
        if size < whole:
            raise self._damaged(f"cut short: {size} of {whole} bytes")

    def _damaged(self, what: str) -> JournalDamagedError:
        return JournalDamagedError(f"The journal {self.path} is damaged ({what}); {CURE}.")


def _commit_durably(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
