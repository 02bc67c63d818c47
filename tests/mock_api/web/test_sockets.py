"""A real server on a real socket: what no well-behaved client would send."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

pytestmark = pytest.mark.server


@pytest.fixture
async def port(house: Any) -> AsyncIterator[int]:
    """The port of the house's API, served by the product's own server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(house.app, http="httptools", log_level="critical", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    await serving


async def exchange(port: int, *pieces: bytes) -> bytes:
    """What comes back when `pieces` are sent and no more is said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read(100_000)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def request(house: Any, lines: str, method: str = "POST", path: str = "/v1/videos") -> bytes:
    """The head of a request by the house's tester."""
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {house.access_token}\r\n"
    return f"{head}{lines}\r\n\r\n".encode()


async def test_a_gigabyte_is_refused_before_it_is_sent(house: Any, port: int) -> None:
    said = await exchange(port, request(house, "Content-Type: application/json\r\nContent-Length: 1073741824"))
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"request_too_large"' in said


async def test_a_gigabyte_in_chunks_is_refused_at_the_limit(house: Any, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(house, "Content-Type: application/json\r\nTransfer-Encoding: chunked"))
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    sent = 0
    answer = asyncio.ensure_future(reader.readuntil(b"request_too_large"))
    async with asyncio.timeout(30):
        while sent < 1024 and not answer.done():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0)
            sent += 1
        said = await answer
    assert said.startswith(b"HTTP/1.1 413 ")
    assert sent < 100
    writer.close()


async def test_a_client_that_waits_for_a_nod_gets_the_refusal_alone(house: Any, port: int) -> None:
    lines = "Content-Type: application/json\r\nContent-Length: 1073741824\r\nExpect: 100-continue"
    said = await exchange(port, request(house, lines))
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in said


async def test_a_chunk_that_is_none_ends_in_a_clear_answer(house: Any, port: int) -> None:
    said = await exchange(
        port, request(house, "Content-Type: application/json\r\nTransfer-Encoding: chunked"), b"zz\r\nnonsense\r\n"
    )
    assert said.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("garbage", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"POST /v1/videos HTTP/9.9\r\n\r\n",
    b"GET /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
])
async def test_what_is_not_http_is_refused(house: Any, port: int, garbage: bytes) -> None:
    said = await exchange(port, garbage)
    assert said == b"" or said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))


async def test_a_client_that_goes_away_leaves_no_mark(house: Any, port: int) -> None:
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(house, "Content-Type: application/json\r\nContent-Length: 100") + b'{"prompt"')
        await writer.drain()
        writer.close()
    said = await exchange(port, request(house, "", "GET"))
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b'"data":[]' in said


async def test_paths_are_taken_as_they_were_sent(house: Any, port: int) -> None:
    video_id = house.finished_video()
    for path in (f"/v1/videos/{video_id}%2Fcontent", "/v1/videos/%252F", "/v1/videos/a%2F..%2Fb", "/v1/videos/%ff"):
        said = await exchange(port, request(house, "", "GET", path))
        assert said.startswith(b"HTTP/1.1 404 "), path
        assert b'"param":"video_id"' in said


async def test_a_follower_hears_events_as_they_happen(house: Any, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start = house.journal.position
    writer.write(
        f"GET /admin/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {house.operator_key}\r\n"
        f"Accept: text/event-stream\r\nLast-Event-ID: {start}\r\n\r\n".encode()
    )
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readuntil(b"retry: 2000\n\n")
        await asyncio.sleep(0.05)
        house.video()
        message = await reader.readuntil(b"id: %d\n" % (start + 1))
        message += await reader.readuntil(b"\n\n")
    writer.close()
    assert b"content-type: text/event-stream" in head
    assert b'"type":"RequestAdmitted"' in message


@pytest.mark.parametrize("path", ["/v1/videos", "/oauth/token"])
async def test_a_client_who_hangs_up_in_the_middle_of_a_body_is_no_error_of_ours(
    house: Any, port: int, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(house, "Content-Type: application/json\r\nContent-Length: 100", path=path) + b"{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await exchange(port, request(house, "Content-Length: 0"))).startswith(b"HTTP/1.1 4")
    assert not caplog.records
