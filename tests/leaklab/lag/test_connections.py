"""The bare client takes answers apart as they come, and tells when none comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from leaklab.lag.connections import NOBODY, Pool, request

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(serve: Serve) -> AsyncIterator[Pool]:
    """A pool to a server that does `serve` on every connection."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    pool = Pool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield pool
    finally:
        pool.close()
        server.close()
        await asyncio.sleep(0.05)  # Whoever serves notices that the other end has hung up.


def saying(*pieces: bytes, hang_up: bool = False) -> Serve:
    """Answer every request with the pieces, one at a time."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.005)
            if hang_up:
                break
        writer.close()

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return quietly


@pytest.mark.parametrize("pieces", [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",),
    (b"HTTP/1.1 20", b"0 OK\r\ncontent-length: 4\r\n", b"\r\nbo", b"dy"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbo", b"dy\r\n0\r\n\r\n"),
])
async def test_an_answer_is_taken_when_it_is_whole(pieces: tuple[bytes, ...]) -> None:
    async with served(saying(*pieces)) as pool:
        for _ in range(3):
            sent, answered, status, body = await pool.ask(request("GET", "/"))
            assert status == 200
            assert b"bo" in body
            assert answered > sent
        assert pool.connections == 1


async def test_requests_at_the_same_time_take_connections_of_their_own() -> None:
    async with served(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as pool:
        answers = await asyncio.gather(*(pool.ask(request("GET", "/")) for _ in range(20)))
        assert [status for _, _, status, _ in answers] == [204] * 20
        assert 1 < pool.connections <= 20


async def test_a_connection_that_is_lost_is_no_answer() -> None:
    async with served(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf", hang_up=True)) as pool:
        assert (await pool.ask(request("GET", "/")))[2] == NOBODY


async def test_nobody_there_is_no_answer() -> None:
    async with served(saying(b"")) as pool:
        gone = pool.port
    assert (await Pool(f"http://127.0.0.1:{gone}").ask(request("GET", "/")))[2] == NOBODY


def test_a_request_is_written_as_http_wants_it() -> None:
    text = request("POST", "/x", b"{}", Content_Type="application/json")

    assert text.startswith(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    assert b"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" in text
