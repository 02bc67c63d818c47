"""Forwards an admitted request to the API, both bodies streaming. The address is fixed at the start.

While an answer is under way its token is judged again, every second and whenever the view has changed: a stream
does not outlive its credential.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import aiohttp
from starlette.requests import ClientDisconnect
from yarl import URL

from mock_api.core.enforcement.questions import Version
from mock_api.core.errors import BodySlow, GateKeyInvalid, Refusal, UpstreamAway, UpstreamSlow
from mock_api.http.knock import ORIGIN

from .exchange import BrokenOff, Exchange
from .figures import Figures
from .headers import inward, outward
from .settings import GateLimits

AT_ONCE = 64 * 1024  # bytes of an answer that is read whole before it goes out

GATE_KEY_REFUSED = f'"code":"{GateKeyInvalid.code}"'.encode()  # Of which the caller can know nothing.

_log = logging.getLogger("leaklab.gate")

JudgeAgain = Callable[[Exchange], Awaitable[None]]


class Upstream:
    """The API, seen from a gate; `badge` are the headers by which it knows the gate. Make it inside an event loop."""

    def __init__(self, url: str, badge: dict[bytes, str], limits: GateLimits, figures: Figures) -> None:
        self._url, self._limits, self._figures = url, limits, figures
        self._badge = tuple((name.decode(), value) for name, value in badge.items())
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=limits.connections, keepalive_timeout=30.0),
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, max_line_size=65536, max_field_size=65536,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(
                total=None, connect=limits.answer, sock_connect=limits.connect, sock_read=limits.answer
            ),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def forward(
        self, exchange: Exchange, judge_again: JudgeAgain | None, version: Callable[[], Version | None]
    ) -> None:
        """Ask the API and pass its answer on; raises UpstreamAway, UpstreamSlow, or what `judge_again` raises."""
        scope = exchange.scope
        target = self._url + scope["raw_path"].decode("ascii")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("ascii")
        try:
            async with self._session.request(
                scope["method"], URL(target, encoded=True), headers=self._headers(exchange),
                data=self._body(exchange) if exchange.has_more_body else None, allow_redirects=False,
            ) as response:
                await self._answer(exchange, response, judge_again, version)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            if exchange.status:
                raise BrokenOff from problem
            if exchange.trouble is not None:
                raise exchange.trouble from None
            if isinstance(problem, TimeoutError):
                raise UpstreamSlow("The API did not answer in time.", retry_after=1.0) from None
            raise UpstreamAway("The API cannot be reached.", retry_after=1.0) from None

    def _headers(self, exchange: Exchange) -> list[tuple[str, str]]:
        headers = inward(exchange.scope["headers"])
        headers += self._badge
        if exchange.knock is not None:
            headers.append((ORIGIN.decode(), exchange.knock.origin))
        return headers

    async def _body(self, exchange: Exchange) -> AsyncIterator[bytes]:
        """The request's body as it comes. What goes wrong is kept for later: the client would wrap it."""
        while exchange.has_more_body:
            try:
                async with asyncio.timeout(self._limits.body_piece):
                    message = await exchange.body.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
            except (Refusal, ClientDisconnect) as trouble:
                exchange.trouble = trouble
                raise aiohttp.ClientPayloadError from None
            except TimeoutError:
                exchange.trouble = BodySlow("The request's body does not go on.")
                raise aiohttp.ClientPayloadError from None
            exchange.has_more_body = message.get("more_body", False)
            piece = message.get("body", b"")
            if piece:
                self._figures.bytes_in += len(piece)
                yield piece

    async def _answer(
        self, exchange: Exchange, response: aiohttp.ClientResponse, judge_again: JudgeAgain | None,
        version: Callable[[], Version | None],
    ) -> None:
        if not 200 <= response.status < 600:  # 101 switches to what nobody asked for; beyond 599 is no answer at all.
            raise UpstreamAway("The API answers as no API does.")
        headers = outward(response.status, response.raw_headers)
        start = {"type": "http.response.start", "status": response.status, "headers": headers}
        length = response.content_length
        if exchange.scope["method"] == "HEAD" or (length is not None and length <= AT_ONCE):
            body = await response.read()
            if response.status == 401 and GATE_KEY_REFUSED in body:
                raise UpstreamAway("The API does not know this gate any more.")
            self._figures.bytes_out += len(body)
            await exchange.send(start)
            await exchange.send({"type": "http.response.body", "body": body})
            return
        await exchange.send(start)
        watch = Watch(exchange, judge_again, self._limits.judge_again)
        try:
            await self._stream(exchange, response, watch, version)
        finally:
            await watch.end()

    async def _stream(
        self, exchange: Exchange, response: aiohttp.ClientResponse, watch: Watch,
        version: Callable[[], Version | None],
    ) -> None:
        as_of = version()
        try:
            async for piece in response.content.iter_any():
                if version() != as_of:
                    as_of = version()
                    await watch.judge()
                self._figures.bytes_out += len(piece)
                await exchange.send({"type": "http.response.body", "body": piece, "more_body": True})
        except asyncio.CancelledError:
            if watch.because is None:
                raise
            if isinstance(watch.because, ClientDisconnect):
                raise watch.because from None
            raise BrokenOff from watch.because
        await exchange.send({"type": "http.response.body", "body": b""})


class Watch:
    """Cancels the task that made it when the token is refused, or when the caller has gone away."""

    def __init__(self, exchange: Exchange, judge_again: JudgeAgain | None, every: float) -> None:
        self._exchange, self._judge_again, self._every = exchange, judge_again, every
        self.because: Exception | None = None
        self._streaming = asyncio.current_task()
        self._tasks = [asyncio.create_task(self._listen())]
        if judge_again is not None:
            self._tasks.append(asyncio.create_task(self._look()))

    async def judge(self) -> None:
        """Judge now; raises BrokenOff."""
        if self._judge_again is not None:
            try:
                await self._judge_again(self._exchange)
            except Refusal as refusal:
                raise BrokenOff from refusal

    async def end(self) -> None:
        """Watch no more."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.judge()
            except BrokenOff as broken:
                self._break_off(broken.__cause__)
                return
            except Exception as flaw:  # An answer that nobody can judge any more does not go on unjudged.
                _log.exception("an answer under way could not be judged")
                self._break_off(flaw)
                return

    async def _listen(self) -> None:
        if self._exchange.has_more_body:
            return  # The body of the request is still being read elsewhere.
        await self._exchange.hung_up()
        self._break_off(ClientDisconnect())

    def _break_off(self, because: BaseException | None) -> None:
        if self.because is None and self._streaming is not None:
            self.because = because if isinstance(because, Exception) else ClientDisconnect()
            self._streaming.cancel()
