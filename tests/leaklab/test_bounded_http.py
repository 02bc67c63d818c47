"""What uvicorn leaves open is bounded: heads without end, and heads that never end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn

import leaklab.bounded_http as bounded
from leaklab.bounded_http import BoundedHttp
from leaklab.serving import QuietServer, listen

pytestmark = pytest.mark.server


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server whose patience is short."""
    monkeypatch.setattr(bounded, "HEAD_PATIENCE", 0.15)
    listener = listen("127.0.0.1", 0, "--port")
    server = QuietServer(uvicorn.Config(_hello, http=BoundedHttp, ws="none", lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield listener.getsockname()[1]
    server.should_exit = True
    await serving


async def test_a_request_is_answered_however_it_is_cut(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in (b"GET / HT", b"TP/1.1\r\nHost", b": x\r\n\r", b"\n"):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_body_may_be_larger_than_a_head(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = 8 * bounded.HEAD_LIMIT
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
    writer.write(bytes(size))
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_head_that_grows_too_large_is_told_so_and_cut_off(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    writer.write(b"X-Long: " + b"a" * (bounded.HEAD_LIMIT + 1))
    assert (await reader.readline()).startswith(b"HTTP/1.1 431")
    assert await _ended(reader)
    writer.close()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-"])
async def test_whoever_never_finishes_a_head_is_let_go(port: int, said: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    assert await _ended(reader)
    writer.close()


async def _ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side hangs up; waits for it."""
    async with asyncio.timeout(10):
        try:
            await reader.read()
        except ConnectionResetError:
            return True
    return reader.at_eof()


async def _hello(scope: dict[str, object], receive: object, send: object) -> None:
    message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
    await send(message)  # type: ignore[operator]  # ASGI's own types would need a library.
    await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]  # as above.
