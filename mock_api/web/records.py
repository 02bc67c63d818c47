"""Reading the log: all events by cursor, or live as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Query
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.events import Event
from mock_api.journal import JournalPort

from .answers import answer
from .callers import operator_only
from .documents import operation
from .lines import Lines

KEEP_ALIVE = 15.0   # seconds of silence after which a comment is sent, so that proxies keep the line open
CATCH_UP = 1000     # events read from disk at once while a follower catches up
POSITION_LARGEST = 2**53
FOLLOWERS_AT_MOST = 32  # each may have 10,000 events waiting for it


Position = Annotated[int, Query(ge=0, le=POSITION_LARGEST)]


def start(
    after: Position = 0, cursor: Annotated[Position, Query(description="Another word for `after`.")] = 0
) -> int:
    """The position beyond which to read."""
    return max(after, cursor)


Start = Annotated[int, Depends(start)]


class Entry(Struct, frozen=True):
    """An event and its place in the log."""

    position: int
    event: Event


class EventPage(Struct, frozen=True):
    """Events beyond a position; ask for the next with `after=next`."""

    data: list[Entry]
    next: int
    has_more: bool
    object: str = "list"


def serve_events(api: FastAPI, authority: Authority, journal: JournalPort) -> None:
    """Add the log."""
    lines = Lines(FOLLOWERS_AT_MOST)
    what = operation(
        "Read the event log", "operator", EventPage, refusals=(errors.OperatorKeyInvalid, errors.TooManyFollowers)
    )
    what["responses"][200]["content"]["text/event-stream"] = {"schema": {"type": "string"}}

    @api.get("/admin/events", dependencies=operator_only(authority), **what)
    async def read_events(
        request: Request,
        after: Start,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        last_event_id: Annotated[int | None, Header(ge=0, le=POSITION_LARGEST)] = None,
    ) -> Response:
        """Events beyond `after`. With `Accept: text/event-stream` they go on; `Last-Event-ID` resumes."""
        if "text/event-stream" in request.headers.get("accept", ""):
            start = after if last_event_id is None else last_event_id
            headers = {"Cache-Control": "no-store"}
            return StreamingResponse(lines.hold(_stream(journal, start)), 200, headers, "text/event-stream")
        await journal.flushed()
        entries = await run_in_threadpool(_entries, journal, after, limit + 1)
        page, has_more = entries[:limit], len(entries) > limit
        return answer(EventPage(page, page[-1].position if page else after, has_more))


def _entries(journal: JournalPort, after: int, limit: int) -> list[Entry]:
    return [Entry(*each) for each in journal.events(after, limit)]


async def _stream(journal: JournalPort, after: int) -> AsyncIterator[bytes]:
    """Everything beyond `after`, first from disk, then as it happens."""
    yield b"retry: 2000\n\n"
    while lines := await _read(journal, after):
        after = lines[-1][0]
        yield _messages(lines)
    feed = journal.subscribe()
    try:
        lines = await _read(journal, after)  # What came between the last look and the subscription.
        while feed.ended_because is None or lines:
            lines = [line for line in lines if line[0] > after]
            if lines:
                after = lines[-1][0]
                yield _messages(lines)
            try:
                async with asyncio.timeout(KEEP_ALIVE):
                    lines = await feed.next()
            except TimeoutError:
                lines = []
                yield b": still here\n\n"
        yield f"event: end\ndata: {feed.ended_because}\n\n".encode()
    finally:
        feed.close()


async def _read(journal: JournalPort, after: int) -> list[tuple[int, bytes]]:
    def read() -> list[tuple[int, bytes]]:
        return [line for line, _ in zip(journal.lines(after), range(CATCH_UP), strict=False)]

    return await run_in_threadpool(read)


def _messages(lines: list[tuple[int, bytes]]) -> bytes:
    return b"".join(b"id: %d\ndata: %s\n\n" % line for line in lines)
