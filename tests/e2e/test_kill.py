"""Servers and databases killed or stopped under load: nothing acknowledged is lost, nothing revoked comes back.

`LEAKLAB_TEST_KILLS` is the number of rounds of each test.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from signal import SIGCONT, SIGSTOP

import pytest

from tests.e2e.promises import Promises, load, session
from tests.e2e.running import RunningRange, start
from tests.services.postgres import Postgres, postgres

ROUNDS = int(os.environ.get("LEAKLAB_TEST_KILLS", "2"))
SERVER_STOPS = (0.3, 2.0, 4.0)    # seconds, in turn
DATABASE_STOPS = (6.5, 0.3, 2.0)  # the journal gives up on a silent database after five

pytestmark = [pytest.mark.slow, pytest.mark.server]
Fault = Callable[[int], Awaitable[None]]


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """A PostgreSQL that may be killed and stopped."""
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the journal lies, once in each database."""
    if request.param == "sqlite":
        return str(tmp_path / "range" / "journal.sqlite3")
    return in_database(request.getfixturevalue("database"))


def test_nothing_is_lost_however_often_the_server_is_killed(tmp_path: Path, journal: str) -> None:
    luck, promises = Random(7), Promises()
    for life in range(ROUNDS):
        with server_of(tmp_path, journal) as server:
            asyncio.run(one_life(server, promises, life, luck.randrange(10, 60)))
    all_kept(tmp_path, journal, promises)


def test_nothing_is_lost_however_often_the_server_is_stopped(tmp_path: Path, journal: str) -> None:
    promises = Promises()
    with server_of(tmp_path, journal) as server:

        async def stopped(number: int) -> None:
            server.process.send_signal(SIGSTOP)
            await asyncio.sleep(SERVER_STOPS[number % len(SERVER_STOPS)])
            server.process.send_signal(SIGCONT)

        asyncio.run(one_life_of_faults(server, promises, stopped))
        server.kill()
    all_kept(tmp_path, journal, promises)


def test_nothing_is_lost_however_often_the_database_is_stopped(tmp_path: Path, database: Postgres) -> None:
    promises, journal = Promises(), in_database(database)
    with server_of(tmp_path, journal) as server:

        async def stopped(number: int) -> None:
            await asyncio.to_thread(database.stop)
            await asyncio.sleep(DATABASE_STOPS[number % len(DATABASE_STOPS)])
            await asyncio.to_thread(database.cont)

        asyncio.run(one_life_of_faults(server, promises, stopped))
        server.kill()
    all_kept(tmp_path, journal, promises)


def test_nothing_is_lost_however_often_the_database_is_killed(tmp_path: Path, database: Postgres) -> None:
    promises, journal = Promises(), in_database(database)
    with server_of(tmp_path, journal) as server:

        async def killed(number: int) -> None:
            await asyncio.to_thread(database.kill)
            await asyncio.sleep(0.3 * (number % 3))
            await asyncio.to_thread(database.start)

        asyncio.run(one_life_of_faults(server, promises, killed))
        server.kill()
    all_kept(tmp_path, journal, promises)


def test_nothing_is_lost_when_server_and_database_are_killed_together(tmp_path: Path, database: Postgres) -> None:
    promises, journal = Promises(), in_database(database)
    for life in range(ROUNDS):
        with server_of(tmp_path, journal) as server:
            asyncio.run(one_life(server, promises, life, 30, also=database.kill if life % 2 else None))
        if life % 2 == 0:
            database.kill()
        database.start()
    all_kept(tmp_path, journal, promises)


async def one_life(
    server: RunningRange, promises: Promises, number: int, lasts: int, also: Callable[[], None] | None = None
) -> None:
    """Ask what earlier lives promised, then load the server and kill it in the middle of whatever it does."""
    await promises.asked(server, sample=Random(number))
    async with load(server, promises, f"life {number}") as more:
        await more(lasts)
        if also is not None:
            also()
        server.process.kill()
        server.process.wait()


async def one_life_of_faults(server: RunningRange, promises: Promises, fault: Fault) -> None:
    """Load the server all the time; after each fault it must answer again and stand by what it promised."""
    async with load(server, promises, "faults") as more:
        for number in range(ROUNDS):
            await more(40)
            await fault(number)
            await ready(server)
            await promises.asked(server, sample=Random(number))
        await more(40)


async def ready(server: RunningRange) -> None:
    """Return once the server takes commands."""
    async with asyncio.timeout(60), session(server) as http:
        while (await http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


def all_kept(folder: Path, journal: str, promises: Promises) -> None:
    """A server started once more stands by every promise, and the journal holds each once."""
    with server_of(folder, journal) as server:
        asyncio.run(promises.asked(server))
        assert server.stop() == 0
    promises.written(journal)
    assert len(promises.tokens) > ROUNDS, "the load was too light to show anything"
    assert promises.revoked, "no revocation was acknowledged"
    assert promises.approved or ROUNDS < 10, "no approval was acknowledged"


@contextmanager
def server_of(folder: Path, journal: str) -> Iterator[RunningRange]:
    """The API over this journal; killed at the end if it still lives."""
    server = start(folder / "range", "api", *(("--database", journal) if "://" in journal else ()))
    try:
        yield server
    finally:
        server.kill()
        if server.process.stdout is not None:
            server.process.stdout.close()


def in_database(database: Postgres) -> str:
    """The address of an empty database."""
    return database.url(database.create_database())
