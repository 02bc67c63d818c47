"""The journal keeps what it acknowledged, in order, whatever happens to the process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_api.core.events import RequestAdmitted
from mock_api.journal import Journal, JournalInUseError, commits
from mock_api.journal.commits import read

Admitted = Callable[[int], RequestAdmitted]


async def test_what_was_flushed_is_read_back_in_order(journal: Journal, admitted: Admitted) -> None:
    events = [admitted(number) for number in range(250)]
    for event in events:
        journal(event)
    await journal.flushed()
    assert [event for _, event in journal.events()] == events
    assert [position for position, _ in journal.events()] == list(range(1, 251))
    assert journal.position == 250


async def test_an_event_is_on_disk_when_flushed_returns(journal: Journal, admitted: Admitted) -> None:
    for number in range(5):
        journal(admitted(number))
        await journal.flushed()
        assert journal.position == number + 1
        assert len(list(journal.events())) == number + 1


async def test_nothing_to_write_needs_no_waiting(journal: Journal) -> None:
    await asyncio.wait_for(journal.flushed(), timeout=5)
    assert journal.position == 0


@pytest.mark.parametrize(("first_page", "largest_page"), [(1, 4), (7, 7), (500, 16_000)])
async def test_reading_starts_anywhere(
    journal: Journal, admitted: Admitted, monkeypatch: pytest.MonkeyPatch, first_page: int, largest_page: int
) -> None:
    monkeypatch.setattr(commits, "FIRST_PAGE", first_page)
    monkeypatch.setattr(commits, "LARGEST_PAGE", largest_page)
    for number in range(30):
        journal(admitted(number))
        if number % 7 == 0:
            await journal.flushed()
    await journal.flushed()
    for after in range(32):
        assert [position for position, _ in journal.events(after)] == list(range(after + 1, 31))
    assert [position for position, _ in journal.events(after=10, limit=3)] == [11, 12, 13]
    assert [event for group in journal.groups() for event in group] == [admitted(number) for number in range(30)]


async def test_reading_may_skip_what_is_too_old(journal: Journal, admitted: Admitted) -> None:
    for number in range(10):
        journal(admitted(number))
        await journal.flushed()
    assert [position for position, _ in journal.lines(since=1007.0)] == [8, 9, 10]


async def test_a_restart_goes_on_where_the_log_ended(place: str, admitted: Admitted) -> None:
    first = Journal(place)
    first(admitted(1))
    first.close()
    second = Journal(place)
    second(admitted(2))
    await second.flushed()
    assert [event for _, event in second.events()] == [admitted(1), admitted(2)]
    second.close()


async def test_many_waiters_share_one_commit(journal: Journal, admitted: Admitted) -> None:
    async def command(number: int) -> None:
        journal(admitted(number))
        await journal.flushed()

    await asyncio.gather(*(command(number) for number in range(200)))
    assert journal.position == 200
    rows = len({first for first, _ in read(journal._database)})
    assert rows < 20


async def test_closing_writes_what_nobody_waited_for(place: str, admitted: Admitted) -> None:
    journal = Journal(place)
    for number in range(100):
        journal(admitted(number))
    journal.close()
    again = Journal(place)
    assert again.position == 100
    again.close()


def test_a_second_process_is_refused_with_a_sentence(journal: Journal, place: str) -> None:
    with pytest.raises(JournalInUseError, match="is in use by another process; stop that one"):
        Journal(place)


async def test_the_lock_is_free_again_after_closing(place: str) -> None:
    Journal(place).close()
    Journal(place).close()


WRITER = """
import asyncio, os, signal, sys
from mock_api.core.events import RequestAdmitted
from mock_api.journal import Journal

async def main():
    journal = Journal(sys.argv[1])
    number = journal.position
    while True:
        journal(RequestAdmitted(float(number), f"tok_{number}", "tester_1", "videos.retrieve", "-"))
        await journal.flushed()
        number += 1
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.mark.slow
def test_kill_nine_loses_nothing_acknowledged(place: str) -> None:
    acknowledged = 0
    for round_number in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, place], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert writer.stdout is not None
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged % 40 == round_number:
                writer.kill()
        writer.stdout.close()
        writer.wait()
        journal = Journal(place)
        assert journal.position >= acknowledged
        assert [position for position, _ in journal.events()] == list(range(1, journal.position + 1))
        journal.close()
