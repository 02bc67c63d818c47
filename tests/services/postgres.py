"""A PostgreSQL cluster of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg

from tests.services.service import Service, program

USER, PASSWORD = "leaklab", "a-password-nobody-may-print"
ACCOUNT = "postgres"  # the system's account that runs the server where the test is root, which PostgreSQL refuses
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Postgres(Service):
    """A cluster with one user, whose password is asked for. `durable=False` skips fsync: for what restarts nothing."""

    name = "postgres"

    def __init__(self, *, durable: bool = True) -> None:
        self._durable, self._numbers = durable, count(1)
        super().__init__(ACCOUNT)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)  # The folder is closed to others; this is for the server's own account.
        self.run(
            program("initdb", "postgresql", *FOLDERS), "--pgdata", self.folder / "data", "--username", USER,
            "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync",
        )  # fmt: skip

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy's address of a database."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        """The postmaster, on loopback, without Unix socket."""
        settings = [
            "listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "shared_buffers=32MB",
            *(() if self._durable else FORGETFUL),
        ]  # fmt: skip
        server = program("postgres", "postgresql", *FOLDERS)
        return [str(server), "-D", str(self.folder / "data"), *(word for one in settings for word in ("-c", one))]

    def is_ready(self) -> bool:
        """Whether it lets us in: it does once it has recovered."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection beside the server under test, to look at what is there or to disturb it."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True,
            connect_timeout=5,
        )  # fmt: skip

    def create_database(self) -> str:
        """A new, empty database; its name."""
        name = f"test_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return name

    def drop_database(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def postgres(*, durable: bool = True) -> Iterator[Postgres]:
    """A cluster for the length of a `with` block; it may be killed, stopped and restarted meanwhile."""
    program("initdb", "postgresql", *FOLDERS)
    server = Postgres(durable=durable)
    try:
        server.start()
        yield server
    finally:
        server.close()
