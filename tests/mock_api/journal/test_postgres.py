"""What is particular to PostgreSQL: one writer whatever becomes of its connection, and no waiting for the dead."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from mock_api.core.events import RequestAdmitted
from mock_api.journal import Journal, JournalError, JournalInUseError, JournalUnavailable, postgres
from mock_api.journal.database import database_at
from tests.services.postgres import PASSWORD, Postgres
from tests.services.postgres import postgres as started_postgres

Admitted = Callable[[int], RequestAdmitted]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that may be killed and stopped."""
    with started_postgres() as server:
        yield server


@pytest.fixture
def name(server: Postgres) -> str:
    """An empty database in it."""
    return server.create_database()


def sever(server: Postgres, name: str) -> None:
    """Cut every connection to a database."""
    with server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,)
        )


async def until_healed(journal: Journal) -> None:
    async with asyncio.timeout(30):
        while journal.failing_because is not None:
            await asyncio.sleep(0.01)


async def test_a_lost_connection_is_noticed_taken_anew_and_nothing_is_lost(
    server: Postgres, name: str, admitted: Admitted
) -> None:
    journal = Journal(server.url(name))
    journal(admitted(0))
    await journal.flushed()
    sever(server, name)
    journal(admitted(1))
    with pytest.raises(JournalUnavailable):
        await journal.flushed()
    await until_healed(journal)
    with pytest.raises(JournalInUseError):  # The lock was taken anew.
        Journal(server.url(name))
    journal(admitted(2))
    await journal.flushed()
    assert [event for _, event in journal.events()] == [admitted(0), admitted(1), admitted(2)]
    journal.close()


async def test_whoever_was_replaced_writes_no_more(server: Postgres, name: str, admitted: Admitted) -> None:
    old = Journal(server.url(name))
    old(admitted(0))
    await old.flushed()
    sever(server, name)
    new = Journal(server.url(name))
    old(admitted(100))
    with pytest.raises(JournalUnavailable):
        await old.flushed()
    async with asyncio.timeout(10):
        while "in use by another process" not in str(old.failing_because):
            await asyncio.sleep(0.01)
    new(admitted(1))
    await new.flushed()
    new.close()
    async with asyncio.timeout(10):
        while "must be restarted" not in str(old.failing_because):
            await asyncio.sleep(0.01)
    with pytest.raises(JournalUnavailable):
        old.check()
    with pytest.raises(JournalUnavailable):
        old.close()
    again = Journal(server.url(name))
    assert [event for _, event in again.events()] == [admitted(0), admitted(1)]
    again.close()


@pytest.mark.slow
async def test_a_killed_database_is_found_again_with_all_that_was_acknowledged(
    server: Postgres, name: str, admitted: Admitted
) -> None:
    journal = Journal(server.url(name))
    for number in range(20):
        journal(admitted(number))
        await journal.flushed()
    server.kill()
    journal(admitted(20))
    with pytest.raises(JournalUnavailable):
        await journal.flushed()
    with pytest.raises(JournalUnavailable):
        list(journal.lines())
    server.start()
    await until_healed(journal)
    assert [event for _, event in journal.events()] == [admitted(number) for number in range(21)]
    journal.close()


@pytest.mark.slow
async def test_a_stopped_database_makes_commands_fail_not_hang(
    server: Postgres, name: str, admitted: Admitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SILENCE", 1.0)
    journal = Journal(server.url(name))
    journal(admitted(0))
    await journal.flushed()
    server.stop()
    try:
        begun = time.monotonic()
        journal(admitted(1))
        with pytest.raises(JournalUnavailable):
            await journal.flushed()
        with pytest.raises(JournalUnavailable):
            journal.check()
        with pytest.raises(JournalUnavailable):
            await asyncio.to_thread(list, journal.lines())
        assert time.monotonic() - begun < 10
    finally:
        server.cont()
    await until_healed(journal)
    journal(admitted(2))
    await journal.flushed()
    assert [event for _, event in journal.events()] == [admitted(0), admitted(1), admitted(2)]
    journal.close()


def test_each_schema_may_hold_a_journal(server: Postgres, name: str) -> None:
    with server.connect(name) as connection:
        connection.execute("CREATE SCHEMA other")
    journal = Journal(server.url(name))
    Journal(f"{server.url(name)}?options=-csearch_path%3Dother").close()
    journal.close()


def test_reading_beside_a_writer_needs_no_lock(server: Postgres, name: str, admitted: Admitted) -> None:
    from mock_api.journal import read_events

    journal = Journal(server.url(name))
    assert list(read_events(server.url(name))) == []
    journal.close()


def test_commits_wait_for_the_servers_disk(server: Postgres, name: str) -> None:
    with server.connect() as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    database = database_at(server.url(name))
    database.hold()
    with database.writing() as writer:
        assert writer.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    database.release()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://leaklab:{password}@127.0.0.1:{port}/postgres",
        "postgresql+psycopg://leaklab:{password}@127.0.0.1:1/postgres",
        "postgresql://leaklab:{password}@127.0.0.1:{port}/nowhere",
        "postgresql+psycopg://leaklab:{password}@127.0.0.1:port/postgres",
        "postgresql+psycopg://leaklab:an@{password}@127.0.0.1:{port}/postgres",
        "postgresql+psycopg:{password}://leaklab",
        "mysql://leaklab:{password}@127.0.0.1/leaklab",
    ],
)
def test_no_error_names_the_password(
    server: Postgres, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    password = "wrong-secret" if "/postgres" in url else PASSWORD
    with pytest.raises(JournalError) as problem:
        Journal(url.format(password=quote(password), port=server.port))
    assert password not in str(problem.value)
    assert password not in caplog.text
    assert "\n" not in str(problem.value)
