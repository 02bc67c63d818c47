"""Odd answers from behind a gate, odd callers in front of it: neither keeps it from its work."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from mock_api.core.events import RequestAdmitted
from mock_api.gate.settings import GateLimits
from tests.mock_api.gate.conftest import Build, Scripted, eventually

pytestmark = pytest.mark.server

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


@pytest.mark.parametrize(("said", "heard"), [
    (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 10\r\n\r\n", b"304"),
    (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", b"502"),
    (b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n", b"502"),
])
async def test_odd_answers_leave_the_connection_in_order(site: Build, said: bytes, heard: bytes) -> None:
    async def behind(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(behind, "127.0.0.1", 0)
    here = await site(upstream=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    host, _, port = here.gate.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    token = here.house.access_token
    writer.write(f"GET /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    assert (await reader.readuntil(b"\r\n"))[9:12] == heard
    await reader.readuntil(b"\r\n\r\n")
    if heard == b"304":
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200 ")
    writer.close()
    await writer.wait_closed()
    server.close()


async def test_a_caller_has_one_origin_through_the_gate_and_past_it(site: Build) -> None:
    here = await site()
    agent = {b"User-Agent": "Ä/1".encode(), b"Authorization": here.bearer["Authorization"].encode()}
    for door in (here.gate, here.authority):
        assert (await here.client.get(f"{door}/v1/videos", headers=agent)).status_code == 200
    admitted = [event for _, event in here.house.journal.events() if isinstance(event, RequestAdmitted)]
    assert len(admitted) == 2
    assert len({event.origin for event in admitted}) == 1


async def test_an_answer_that_cannot_be_judged_any_more_is_broken_off(
    site: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(_scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            continue

    here = await site(upstream=Scripted(script), limits=GateLimits(judge_again=0.05))

    def flawed(*_: object) -> None:
        raise RuntimeError("a flaw")

    async with here.client.stream("GET", f"{here.gate}/v1/videos", headers=here.bearer) as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"
        monkeypatch.setattr(here.parts.point, "judge_again", flawed)
        with pytest.raises(httpx2.RemoteProtocolError):
            async with asyncio.timeout(5):
                await anext(pieces)


async def test_bodies_that_do_not_go_on_hold_no_place_for_ever_and_the_gate_still_says_how_it_is(site: Build) -> None:
    here = await site(upstream=Scripted(), limits=GateLimits(under_way=1, body_piece=0.3))
    host, _, port = here.gate.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    await eventually(lambda: here.parts.figures.under_way)
    assert (await here.get()).json()["error"]["code"] == "gate_busy"
    assert (await here.client.get(f"{here.gate}/healthz")).status_code == 200
    async with asyncio.timeout(5):
        said = await reader.read()
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request_timeout"' in said
    assert (await here.get()).status_code == 200
    writer.close()
    await writer.wait_closed()


async def test_of_two_versions_neither_is_passed_over(site: Build) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    versions = [("X-Leaklab-Version", "key_1.1"), ("X-Leaklab-Version", "key_1.2")]
    answer = await here.client.get(f"{here.gate}/v1/videos", headers=[*here.bearer.items(), *versions])
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "X-Leaklab-Version")
    assert behind.scopes == []
