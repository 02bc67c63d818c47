"""What gates in front ask: settings, the view as a whole or by notice, and where they report what they refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import FastAPI, Header
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.enforcement.questions import Cutoffs, Notices, Snapshot
from mock_api.http.gate_settings import GateSettings, PushChannels
from mock_api.http.refusal_report import RefusalReport

from .answers import answer
from .bodies import read_json
from .callers import gates_only
from .documents import operation
from .lines import Lines
from .notice_board import NoticeBoard
from .records import POSITION_LARGEST, Position

FOLLOWERS_AT_MOST = 64  # gates on server-sent events

EventId = Annotated[int | None, Header(ge=0, le=POSITION_LARGEST)]
Known = Annotated[str | None, Header(description="The version that is already known.")]


class Entered(Struct, frozen=True):
    """How many refusals were entered into the log."""

    entered: int


def serve_gates(api: FastAPI, authority: Authority, board: NoticeBoard, pushes: PushChannels | None) -> None:
    """Add what gates ask."""
    guard = gates_only(authority)
    _serve_settings(api, authority, board, pushes)
    _serve_views(api, authority, board)
    _serve_notices(api, authority, board)

    what = operation("Report refusals", "gates", Entered, body=RefusalReport, refusals=(errors.GateKeyInvalid,))

    @api.post("/gates/refusals", dependencies=guard, **what)
    async def report_refusals(request: Request) -> Response:
        """Enter what a gate refused by itself into the log, so that detectors and ledger see it."""
        report = await read_json(request, RefusalReport)
        authority.gates.report_refusals(report.gate, report.refusals)
        return answer(Entered(len(report.refusals)))


def _serve_settings(
    api: FastAPI, authority: Authority, board: NoticeBoard, pushes: PushChannels | None
) -> None:
    what = operation("Read the settings of a gate", "gates", GateSettings, refusals=(errors.GateKeyInvalid,))

    @api.get("/gates/settings", dependencies=gates_only(authority), **what)
    async def settings() -> Response:
        """Whose tokens to read, and how to keep the view."""
        policy = authority.policy
        return answer(GateSettings(
            authority.issuer, authority.audience, policy.enforcement, policy.token_lifetime, authority.feed.name,
            board.pulse_every, authority.clock.now(), pushes, policy.exhibits, authority.possession.is_offered,
        ))


def _serve_views(api: FastAPI, authority: Authority, board: NoticeBoard) -> None:
    guard = gates_only(authority)
    what = operation("Read the whole view", "gates", Snapshot, refusals=(errors.GateKeyInvalid,))
    what["responses"][304] = {"description": "It still is the version that is known."}

    @api.get("/gates/snapshot", dependencies=guard, **what)
    async def snapshot(if_none_match: Known = None) -> Response:
        """All that is revoked, suspended or paused, as far as it can still matter. `ETag` is the version."""
        if _is_known(authority, if_none_match):
            await board.flushed()
            return Response(status_code=304, headers={"ETag": str(if_none_match)})
        view = authority.gates.snapshot()
        await board.flushed()
        return answer(view, headers={"ETag": f'"{view.feed}.{view.seq}"'})

    what = operation("Read the cutoffs", "gates", Cutoffs, refusals=(errors.GateKeyInvalid,))
    what["responses"][304] = {"description": "They still are the version that is known."}

    @api.get("/gates/cutoffs", dependencies=guard, **what)
    async def cutoffs(if_none_match: Known = None) -> Response:
        """The not-before instants alone. `ETag` is the version."""
        if _is_known(authority, if_none_match):
            await board.flushed()
            return Response(status_code=304, headers={"ETag": str(if_none_match)})
        instants = authority.gates.cutoffs()
        await board.flushed()
        return answer(instants, headers={"ETag": f'"{instants.feed}.{instants.seq}"'})


def _is_known(authority: Authority, if_none_match: str | None) -> bool:
    """Whether what the gate has is what there is (RFC 9110 §13.1.2), once what is due has been settled."""
    authority.settle()
    return if_none_match == f'"{authority.feed.version}"'


def _serve_notices(api: FastAPI, authority: Authority, board: NoticeBoard) -> None:
    lines = Lines(FOLLOWERS_AT_MOST)
    what = operation(
        "Read the notices", "gates", Notices | Snapshot, refusals=(errors.GateKeyInvalid, errors.TooManyFollowers)
    )
    what["responses"][200]["content"]["text/event-stream"] = {"schema": {"type": "string"}}

    @api.get("/gates/notices", dependencies=gates_only(authority), **what)
    async def read_notices(request: Request, after: Position = 0, last_event_id: EventId = None) -> Response:
        """Notices beyond `after`; the whole view where they are no longer kept. With `text/event-stream`, live."""
        if "text/event-stream" in request.headers.get("accept", ""):
            start = after if last_event_id is None else last_event_id
            stream = lines.hold(_stream(board, start))
            return StreamingResponse(stream, 200, {"Cache-Control": "no-store"}, "text/event-stream")
        news = authority.gates.notices(after)
        await board.flushed()
        return answer(news)


async def _stream(board: NoticeBoard, seq: int) -> AsyncIterator[bytes]:
    """Every notice beyond `seq` as it comes, and a pulse at every beat."""
    news = asyncio.Event()
    unfollow = board.follow(news.set)
    loop = asyncio.get_running_loop()
    beat = loop.time()
    try:
        while not board.is_closed:
            news.clear()
            notices, seq = board.beyond(seq), max(seq, board.seq)
            for notice in notices:
                yield b"id: %d\ndata: %s\n\n" % (notice.seq, msgspec.json.encode(notice))
            if loop.time() >= beat:
                beat = loop.time() + board.pulse_every
                yield b"event: pulse\ndata: %s\n\n" % msgspec.json.encode(board.pulse())
            try:
                async with asyncio.timeout_at(beat):
                    await news.wait()
            except TimeoutError:
                continue
    finally:
        unfollow()
