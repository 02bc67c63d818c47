"""A commit whose outcome is unknown is looked up before anything is written: no event is lost, none is doubled."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from mock_api.core.events import RequestAdmitted
from mock_api.journal import Journal, JournalUnavailable
from mock_api.journal.database import Database

Admitted = Callable[[int], RequestAdmitted]


class BrokenLine:
    """Stands before the database and breaks its next commits, before or after they reach the disk."""

    def __init__(self, database: Database) -> None:
        self.breaks: list[str] = []
        self._writing = database.writing
        database.writing = self.writing  # type: ignore[method-assign]  # the line is what the test pretends about

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        when = self.breaks.pop(0) if self.breaks else ""
        if when == "before":
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("the line broke"))
        with self._writing() as connection:
            yield connection
        if when == "after":
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("the line broke"))


@pytest.mark.parametrize(
    "breaks",
    [
        ["before"],
        ["after"],
        ["after", "before"],           # then the look at the last row fails
        ["after", "before", "after"],  # and once more
        ["before", "after", "after"],  # not written, the look fails, the second attempt's answer is lost
    ],
    ids="-".join,
)
async def test_nothing_is_lost_or_doubled(journal: Journal, admitted: Admitted, breaks: list[str]) -> None:
    line = BrokenLine(journal._database)
    journal(admitted(0))
    await journal.flushed()
    line.breaks = list(breaks)
    journal(admitted(1))
    with pytest.raises(JournalUnavailable):
        await journal.flushed()
    journal(admitted(2))  # Joins the group that is tried again.
    async with asyncio.timeout(10):
        while journal.failing_because is not None:
            await asyncio.sleep(0.01)
    journal(admitted(3))
    await journal.flushed()
    assert line.breaks == []
    assert [event for _, event in journal.events()] == [admitted(number) for number in range(4)]
    assert journal.position == 4


async def test_followers_hear_of_a_doubtful_commit_once(journal: Journal, admitted: Admitted) -> None:
    line = BrokenLine(journal._database)
    feed = journal.subscribe()
    line.breaks = ["after"]
    for number in range(3):
        journal(admitted(number))
        with_answer = journal.flushed()
        if number == 0:
            with pytest.raises(JournalUnavailable):
                await with_answer
            async with asyncio.timeout(10):
                while journal.failing_because is not None:
                    await asyncio.sleep(0.01)
        else:
            await with_answer
    heard: list[int] = []
    async with asyncio.timeout(10):
        while len(heard) < 3:
            heard += [position for position, _ in await feed.next()]
    assert heard == [1, 2, 3]
    feed.close()
