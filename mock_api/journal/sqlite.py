"""All that is particular to SQLite: how it is opened, how safely it commits, and the lock on the file.

WAL lets readers read while the one writer writes. `synchronous=FULL` makes every commit wait until the
write-ahead log has reached the disk: an acknowledged revocation survives `kill -9` and a power cut. (`NORMAL`
would survive only the former.) Group commit pays for it: one fsync per batch, not per event.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from .errors import JournalDamagedError, JournalError, JournalInUseError

MAGIC = b"SQLite format 3\x00"
CURE = "restore the file from a backup, or move it away to start an empty programme"
BUSY_SECONDS = 2.0  # how long a commit waits for somebody else's lock before it counts as failed


class SqliteFile:
    """An SQLite file; a lock file beside it tells a second process that one has it open to write."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, -1
        self.where = str(path)
        self.engine: Engine = create_engine(
            URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
        )
        event.listen(self.engine, "connect", _commit_durably)

    def hold(self) -> None:
        """Create the file where there is none, lock it, and see that it is whole; raises JournalError."""
        path = self._path
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
            self.release()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction."""
        with self.engine.begin() as connection:
            yield connection

    def trouble(self, error: DBAPIError) -> JournalError:
        """What cannot be read is damaged."""
        return self.damaged(str(error.orig))

    def unopened(self, error: DBAPIError) -> JournalError:
        """The sentence for a file that cannot be opened at start."""
        if "database disk image is malformed" in str(error.orig) or "not a database" in str(error.orig):
            return self.damaged(str(error.orig))
        return JournalError(
            f"The journal {self.where} cannot be opened ({error.orig}); "
            "check its permissions and the space on its disk."
        )

    def damaged(self, what: str) -> JournalDamagedError:
        """The sentence for a log that is not what was written."""
        return JournalDamagedError(f"The journal {self.where} is damaged ({what}); {CURE}.")

    def release(self) -> None:
        """Let another process have the journal."""
        self.engine.dispose()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise JournalInUseError(
                f"The journal {self.where} is in use by another process; "
                "stop that one, or choose another data directory."
            ) from error

    def _look_at_header(self) -> None:
        """Notice a file that is cut short before SQLite takes what is left for a new or a whole one."""
        log = Path(f"{self._path}-wal")
        if not self._path.exists() or (log.exists() and log.stat().st_size):
            return  # With a write-ahead log the file itself may lag behind; SQLite sees to that.
        size = self._path.stat().st_size
        with self._path.open("rb") as file:
            header = file.read(100)
        if not header.startswith(MAGIC):
            raise self.damaged("it is no SQLite database" if size else "it is empty")
        page_size = int.from_bytes(header[16:18], "big")
        whole = int.from_bytes(header[28:32], "big") * (65536 if page_size == 1 else page_size)
        if size < whole:
            raise self.damaged(f"cut short: {size} of {whole} bytes")


def _commit_durably(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
