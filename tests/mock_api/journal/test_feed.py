"""Followers hear of everything once, in order; whoever is too slow is let go with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mock_api.core.events import RequestAdmitted
from mock_api.journal import Feed, Journal, MemoryJournal
from mock_api.journal.feed import Feeds

Admitted = Callable[[int], RequestAdmitted]


async def heard(feed: Feed, count: int) -> list[int]:
    positions: list[int] = []
    async with asyncio.timeout(10):
        while len(positions) < count and feed.ended_because is None:
            positions += [position for position, _ in await feed.next()]
    return positions


async def test_followers_hear_everything_once_in_order(journal: Journal, admitted: Admitted) -> None:
    feeds = [journal.subscribe() for _ in range(3)]
    for number in range(100):
        journal(admitted(number))
        if number % 9 == 0:
            await journal.flushed()
    await journal.flushed()
    for feed in feeds:
        assert await heard(feed, 100) == list(range(1, 101))
        feed.close()


async def test_what_is_heard_is_on_disk(journal: Journal, admitted: Admitted) -> None:
    feed = journal.subscribe()
    journal(admitted(1))
    (position, line), = await asyncio.wait_for(feed.next(), timeout=10)
    assert position <= journal.position
    assert b'"jti":"tok_1"' in line
    feed.close()


async def test_a_slow_follower_is_let_go_with_a_reason() -> None:
    feeds = Feeds(capacity=10)
    slow = feeds.add()
    for position in range(1, 12):
        feeds.deliver([(position, b"{}")])
    await asyncio.sleep(0)
    assert len(await slow.next()) == 10
    assert await slow.next() == []
    assert slow.ended_because == "you are more than 10 events behind; resume after the last id you have seen"
    assert not feeds


async def test_a_follower_who_left_hears_nothing_more(journal: Journal, admitted: Admitted) -> None:
    feed = journal.subscribe()
    feed.close()
    journal(admitted(1))
    await journal.flushed()
    assert not journal._feeds


async def test_closing_ends_every_feed(admitted: Admitted) -> None:
    journal = MemoryJournal()
    feed = journal.subscribe()
    journal(admitted(1))
    journal.close()
    assert await heard(feed, 1) == [1]
    assert await feed.next() == []
    assert feed.ended_because is not None


async def test_followers_may_be_dismissed_before_the_journal_closes(journal: Journal, admitted: Admitted) -> None:
    feed = journal.subscribe()
    journal.dismiss()
    assert await feed.next() == []
    assert feed.ended_because is not None
    journal(admitted(1))
    await journal.flushed()


@pytest.mark.parametrize("after", [0, 2, 5])
async def test_the_memory_journal_has_the_same_manners(admitted: Admitted, after: int) -> None:
    journal = MemoryJournal()
    for number in range(5):
        journal(admitted(number))
    await journal.flushed()
    assert [position for position, _ in journal.events(after)] == list(range(after + 1, 6))
    recent = [position for position, _ in journal.lines(after, since=1003.0)]
    assert recent == list(range(max(after, 3) + 1, 6))
