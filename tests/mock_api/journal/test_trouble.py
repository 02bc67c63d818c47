"""When the disk refuses, nothing acknowledged is lost, nothing new is acknowledged, it heals by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import OperationalError

from mock_api.core.events import Event, RequestAdmitted
from mock_api.journal import Journal, JournalDamagedError, JournalError, JournalUnavailable
from mock_api.journal.commits import COMMITS, Commit, Commits, _chained
from mock_api.journal.database import database_at

Admitted = Callable[[int], RequestAdmitted]


class FullDisk:
    """Stands before the real table and refuses while `full`."""

    def __init__(self, commits: Commits) -> None:
        self.full = True
        self._append = commits.append
        commits.append = self.append  # type: ignore[method-assign]  # the disk is what the test pretends about

    def append(self, events: list[Event]) -> Commit:
        if self.full:
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        return self._append(events)


async def until_healed(journal: Journal) -> None:
    async with asyncio.timeout(10):
        while journal.failing_because is not None:
            await asyncio.sleep(0.01)


async def test_a_full_disk_answers_503_and_loses_nothing(journal: Journal, admitted: Admitted) -> None:
    journal(admitted(0))
    await journal.flushed()
    disk = FullDisk(journal._commits)
    journal(admitted(1))
    with pytest.raises(JournalUnavailable) as refusal:
        await journal.flushed()
    assert (refusal.value.status, refusal.value.code) == (503, "journal_unavailable")
    assert refusal.value.should_retry
    assert journal.failing_because == "database or disk is full"
    with pytest.raises(JournalUnavailable):
        journal.check()
    with pytest.raises(JournalUnavailable):
        await journal.flushed()
    disk.full = False
    await until_healed(journal)
    journal.check()
    journal(admitted(2))
    await journal.flushed()
    assert [event for _, event in journal.events()] == [admitted(0), admitted(1), admitted(2)]


async def test_everyone_who_waits_hears_of_the_trouble(journal: Journal, admitted: Admitted) -> None:
    FullDisk(journal._commits)

    async def command(number: int) -> None:
        journal(admitted(number))
        await journal.flushed()

    answers = await asyncio.gather(*(command(number) for number in range(20)), return_exceptions=True)
    assert all(isinstance(answer, JournalUnavailable) for answer in answers)
    journal._commits.append = Commits.append.__get__(journal._commits)  # type: ignore[method-assign]  # heal the disk
    await until_healed(journal)
    assert journal.position == 20


async def test_the_buffer_is_bounded(place: str, admitted: Admitted) -> None:
    journal = Journal(place, buffer_limit=10)
    disk = FullDisk(journal._commits)
    for number in range(10):
        journal(admitted(number))
    with pytest.raises(JournalUnavailable):
        journal.check()
    assert journal.failing_because is not None
    disk.full = False
    await until_healed(journal)
    journal.close()


async def test_closing_with_a_full_disk_says_so(place: str, admitted: Admitted) -> None:
    journal = Journal(place)
    FullDisk(journal._commits)
    journal(admitted(1))
    with pytest.raises(JournalUnavailable):
        journal.close()


async def test_somebody_elses_lock_is_waited_out(journal: Journal, place: str, admitted: Admitted) -> None:
    other = database_at(place)
    with other.engine.connect() as connection:
        lock = "BEGIN IMMEDIATE" if other.engine.dialect.name == "sqlite" else "LOCK TABLE commits IN SHARE MODE"
        connection.execute(text(lock))
        journal(admitted(1))
        waiting = asyncio.ensure_future(journal.flushed())
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await waiting
    assert journal.position == 1
    other.release()


async def fill(place: str | Path, admitted: Admitted) -> None:
    journal = Journal(place)
    for number in range(500):
        journal(admitted(number))
        if number % 10 == 0:
            await journal.flushed()
    journal.close()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
async def test_a_truncated_journal_is_one_sentence(file: Path, admitted: Admitted, share: float) -> None:
    await fill(file, admitted)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(JournalDamagedError, match=r"^The journal .*\.sqlite is damaged \(.*\); restore"):
        list(Journal(file).events())


async def test_a_foreign_file_is_one_clear_sentence(file: Path) -> None:
    file.write_text("not a database at all, but long enough to be taken for something " * 20)
    with pytest.raises(JournalDamagedError, match="it is no SQLite database"):
        Journal(file)


async def test_an_altered_event_is_noticed(place: str, admitted: Admitted) -> None:
    await fill(place, admitted)
    with altered(place) as connection:
        payload = connection.execute(select(COMMITS.c.payload).where(COMMITS.c.first == 12)).scalar_one()
        changed = {"payload": payload.replace(b"tok_17", b"tok_71")}
        connection.execute(update(COMMITS).where(COMMITS.c.first == 12).values(changed))
    journal = Journal(place)
    with pytest.raises(JournalDamagedError, match="a commit is missing or altered near event 12"):
        list(journal.events())
    journal.close()


async def test_a_missing_commit_is_noticed(place: str, admitted: Admitted) -> None:
    await fill(place, admitted)
    with altered(place) as connection:
        connection.execute(delete(COMMITS).where(COMMITS.c.first == 12))
    journal = Journal(place)
    with pytest.raises(JournalDamagedError, match="a commit is missing or altered near event 12"):
        list(journal.events())
    journal.close()


async def test_an_event_of_another_version_is_one_clear_sentence(place: str) -> None:
    journal = Journal(place)
    with altered(place) as connection:
        payload = b'{"type":"NeverHeardOf","at":1.0}\n'
        row = Commit(1, 1, 1.0, _chained(b"", payload), payload)
        connection.execute(insert(COMMITS), msgspec.structs.asdict(row))
    with pytest.raises(JournalDamagedError, match="events this version cannot read, near event 1"):
        list(journal.events())
    journal.close()


def test_a_place_nobody_may_write_to_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be created"):
        Journal(tmp_path / "file" / "journal.sqlite")


@contextmanager
def altered(place: str) -> Iterator[Connection]:
    """A transaction beside the journal's own, as somebody with access to the database has."""
    database = database_at(place)
    with database.engine.begin() as connection:
        yield connection
    database.release()
