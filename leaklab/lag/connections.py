"""A bare HTTP/1.1 client: one request at a time on each of many connections that stay open.

A library's client costs more per request than the servers that are measured here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import cast
from urllib.parse import urlsplit

MOST_CONNECTIONS = 200          # to one server
NOBODY = 0                      # the status where no answer came

Answered = Callable[[float, float, int, bytes], object]  # (sent, answered, status, body); perf_counter seconds


class Connection(asyncio.Protocol):
    """One connection. `on_idle` is told when it is free again, `on_lost` when it is gone."""

    def __init__(self, on_idle: Callable[[Connection], None], on_lost: Callable[[Connection], None]) -> None:
        self._on_idle, self._on_lost = on_idle, on_lost
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answered: Answered | None = None
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no such classes.

    def send(self, request: bytes, answered: Answered) -> None:
        """Send a whole request; `answered` is called once."""
        self._answered = answered
        self._sent = perf_counter()
        assert self._transport is not None  # noqa: S101 - it is idle, so it is open
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect the answer until it is whole."""
        self._buffer += data
        whole = _parsed(self._buffer)
        if whole is not None and self._answered is not None:
            status, body, closes = whole
            answered, self._answered = self._answered, None
            self._buffer.clear()
            answered(self._sent, perf_counter(), status, body)
            if closes and self._transport is not None:
                self._transport.close()
            else:
                self._on_idle(self)

    def connection_lost(self, _problem: Exception | None) -> None:
        """Whoever waited has no answer."""
        if self._answered is not None:
            answered, self._answered = self._answered, None
            answered(self._sent, perf_counter(), NOBODY, b"")
        self._on_lost(self)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Pool:
    """Connections to one server: as many as there are requests under way, up to a limit; beyond it they queue."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._opening = 0
        self._waiting: deque[tuple[bytes, Answered]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._open)

    def send(self, request: bytes, answered: Answered) -> None:
        """Send a request as soon as a connection is free."""
        if self._idle:
            self._idle.pop().send(request, answered)
            return
        self._waiting.append((request, answered))
        if len(self._open) + self._opening < MOST_CONNECTIONS:
            self._opening += 1
            task = asyncio.get_running_loop().create_task(self._connect())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def ask(self, request: bytes) -> tuple[float, float, int, bytes]:
        """Send a request and wait: when it was sent, when its answer was there, status, body."""
        landed: asyncio.Future[tuple[float, float, int, bytes]] = asyncio.get_running_loop().create_future()

        def land(*answer: *tuple[float, float, int, bytes]) -> None:
            if not landed.done():
                landed.set_result(answer)

        self.send(request, land)
        return await landed

    async def warm(self, count: int) -> None:
        """Open that many connections before they are needed."""
        self._opening += count
        await asyncio.gather(*(self._connect() for _ in range(count)))

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in list(self._open):
            connection.close()

    async def _connect(self) -> None:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self._free, self._lost), self.host, self.port
            )
        except OSError:
            while self._waiting:
                self._waiting.popleft()[1](perf_counter(), perf_counter(), NOBODY, b"")
            return
        finally:
            self._opening -= 1
        self._open.add(connection)
        self._free(connection)

    def _free(self, connection: Connection) -> None:
        if self._waiting:
            connection.send(*self._waiting.popleft())
        else:
            self._idle.append(connection)

    def _lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request; `_` in a header's name stands for `-`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: leaklab-lag"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _parsed(buffer: bytearray) -> tuple[int, bytes, bool] | None:
    """Status, body and whether the server will hang up, once all of it is there."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end]).lower()
    status, closes = int(head[9:12]), b"\r\nconnection: close" in head
    if b"\r\ntransfer-encoding: chunked" in head:
        return (status, bytes(buffer[end + 4 :]), closes) if buffer.endswith(b"0\r\n\r\n") else None
    mark = head.find(b"\r\ncontent-length:")
    length = int(head[mark + 17 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
    if len(buffer) < end + 4 + length:
        return None
    return status, bytes(buffer[end + 4 : end + 4 + length]), closes
