"""All that is particular to PostgreSQL: how safely it commits, who may write, how long silence is borne.

* One writer: a session-level advisory lock on the connection that writes. It goes with the connection, so whoever
  loses the connection takes the lock anew before writing on. Needs a session of its own: a pooler which hands each
  transaction to another session (PgBouncer's transaction mode) must not lie between.
* `synchronous_commit=on`: a commit is acknowledged once the server's log is on its disk.
* A statement is one transaction (autocommit): one round trip a commit instead of three.
* A server that is stopped, or a network that swallows packets, answers nothing at all, and no timeout of the
  server's own can help: after `SILENCE` seconds without a byte the connection is given up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar, cast

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from .errors import JournalDamagedError, JournalError, JournalInUseError, JournalUnavailable

SILENCE = 5.0         # seconds without a byte from the server after which it counts as gone
CONNECT_SECONDS = 5   # seconds a connection may take to open
STATEMENT_MS = 4_000  # milliseconds after which the server itself gives up on a statement
LOCK_MS = 2_000       # milliseconds to wait for the lock of a writer who has just been killed
LOCK = 0x1EAC_1AB     # the advisory lock's class; within it the schema, so that each schema may hold a journal
WAIT = 0.1            # seconds between looks at the silence

SETTINGS = {
    "synchronous_commit": "on",
    "statement_timeout": str(STATEMENT_MS),
    "lock_timeout": str(LOCK_MS),
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}  # With these keepalives the server notices within 11 s that this machine is gone, and frees the lock.
SESSION = f"SELECT {', '.join(f'set_config({name!r}, {value!r}, false)' for name, value in SETTINGS.items())}"
KEEPALIVES = {"keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
TAKE_LOCK = text(
    "SELECT pg_advisory_lock(:lock, coalesce((SELECT oid::int FROM pg_namespace WHERE nspname = current_schema()), 0))"
)
LOCK_NOT_AVAILABLE = "55P03"  # SQLSTATE
CURE = "restore the database from a backup, or name an empty one to start an empty programme"

Answer = TypeVar("Answer")


class PostgresDatabase:
    """A PostgreSQL database; what it holds is written by one process at a time."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        place = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
        self.where = place.render_as_string()
        self.engine: Engine = create_engine(
            self._url, creator=self._connect, pool_pre_ping=True, pool_timeout=SILENCE, hide_parameters=True
        )
        self._writer: Connection | None = None

    def hold(self) -> None:
        """Take the lock; raises JournalInUseError where another process has it."""
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.execute(TAKE_LOCK, {"lock": LOCK})
        except BaseException as error:
            _drop(connection)
            if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise JournalInUseError(
                    f"The journal {self.where} is in use by another process; stop that one, or choose another database."
                ) from error
            raise
        self._writer = connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection that has the lock; after an error it is given up, and the next block takes the lock anew."""
        if self._writer is None:
            self.hold()
        writer = cast(Connection, self._writer)
        try:
            yield writer
        except BaseException:
            self._writer = None
            _drop(writer)
            raise

    def trouble(self, error: DBAPIError) -> Exception:
        """A journal that cannot be reached is unavailable; anything else is damage."""
        if error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError):
            return JournalUnavailable()
        return self.damaged(one_line(error.orig))

    def unopened(self, error: DBAPIError) -> JournalError:
        """The sentence for a database that cannot be opened at start."""
        return JournalError(
            f"The journal {self.where} cannot be opened ({one_line(error.orig)}); see that PostgreSQL runs there, "
            "and that user, password and database are right."
        )

    def damaged(self, what: str) -> JournalDamagedError:
        """The sentence for a log that is not what was written."""
        return JournalDamagedError(f"The journal {self.where} is damaged ({what}); {CURE}.")

    def release(self) -> None:
        """Give up the lock and every connection."""
        if self._writer is not None:
            _drop(self._writer)
            self._writer = None
        self.engine.dispose()

    def _connect(self) -> psycopg.Connection[Any]:
        _, options = self.engine.dialect.create_connect_args(self._url)
        connection = PatientConnection.connect(**{"connect_timeout": CONNECT_SECONDS, **KEEPALIVES, **options})
        connection.execute(SESSION)
        connection.commit()
        return connection


class PatientConnection(psycopg.Connection[Any]):
    """A connection that gives up on a server which has been silent for `SILENCE` seconds.

    It takes answers in binary: as text, payloads would come as twice as many hexadecimal digits.
    """

    def cursor(self, *args: Any, **more: Any) -> Any:
        """A cursor that takes its answers in binary."""
        return super().cursor(*args, **{"binary": True, **more})

    def wait(self, gen: PQGen[Answer], interval: float = WAIT, *_: Any, **__: Any) -> Answer:
        """Wait for an answer; raises psycopg.OperationalError, and closes the connection, when none comes."""
        return super().wait(self._patiently(gen, interval), interval)

    def _patiently(self, gen: PQGen[Answer], interval: float) -> PQGen[Answer]:
        silence = 0.0
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                silence = 0.0 if ready else silence + interval
                if silence > SILENCE:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"the server has not answered for {SILENCE:.0f} s")
                wanted = gen.send(ready)
        except StopIteration as done:
            return cast(Answer, done.value)


def one_line(error: object) -> str:
    """What a database said, on one line."""
    return " ".join(str(error).split())


def _drop(connection: Connection) -> None:
    """Close a connection for good, whatever state it is in: the server frees its lock."""
    with suppress(DBAPIError, psycopg.Error):
        connection.invalidate()
    connection.close()
