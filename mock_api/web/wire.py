"""The outermost layer of every request, as plain ASGI: request id, limits, durability, a last word on errors.

* Every answer carries `X-Request-Id` and `X-Leaklab: simulation`.
* A body over the limit is refused without being read to its end.
* While the journal cannot be written, nothing that would need it is let in.
* The answer to anything but a read leaves only when its events are on disk, whatever route it took; unless the route
  says that they may ride along with the next commit.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from itertools import count
from time import perf_counter
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_api.core.authority import Authority
from mock_api.core.errors import Refusal
from mock_api.core.redaction import SecretsBlanked, redact
from mock_api.http.body_limit import BodyLimit
from mock_api.http.envelope import InternalError
from mock_api.journal import JournalPort

from . import intake, surrender
from .callers import caller_of
from .metrics import Traffic
from .notice_board import NoticeBoard
from .rate_limits import UNDER, RateLimits
from .refusals import refusal_answer
from .settings import WebSettings

HUNG_UP = 499  # what web servers write down for a client that is gone; it never goes out
READS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_LIMITS = {**intake.BODY_LIMITS, **surrender.BODY_LIMITS}  # bytes, where they differ from the rest
QUESTIONS = frozenset({"/oauth/introspect"})  # A POST that changes nothing: nothing to wait for (RFC 7662 §2.1).
# Paths whose requests leave events.
JOURNALED = ("/v1/", "/admin/", "/oauth/", "/gates/", "/leak-reports/", "/ssf/", "/credentials/")

_access = logging.getLogger("leaklab.access")
_log = logging.getLogger("leaklab.web")
_log.addFilter(SecretsBlanked())  # A traceback may quote what a caller sent.


class Wire:
    """Wraps the whole application."""

    def __init__(
        self, app: ASGIApp, authority: Authority, journal: JournalPort, board: NoticeBoard, settings: WebSettings,
        traffic: Traffic,
    ) -> None:
        self._app, self._journal, self._settings, self._traffic = app, journal, settings, traffic
        self._flushed = board.flushed
        self._limits = RateLimits(authority) if settings.rate_limits else None
        self._epoch = f"{int(authority.clock.now() * 1000):x}"  # Keeps ids apart across restarts.
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, send, f"req_{self._epoch}{next(self._numbers):08x}", self._limits)
        if scope["method"] not in READS:
            exchange.before_answer = None if scope["path"] in QUESTIONS else self._flushed
            limit = BODY_LIMITS.get(scope["path"], self._settings.body_limit)
            exchange.body = BodyLimit(scope, receive, limit)
            receive = exchange.body.receive
        if b"%" in scope["raw_path"]:
            _keep_slashes(scope)
        began = perf_counter()
        try:
            if scope["path"].startswith(JOURNALED):
                self._journal.check()
            await self._app(scope, receive, exchange.send)
            if exchange.taken_back is not None:
                raise exchange.taken_back
        except ClientDisconnect:
            exchange.status = HUNG_UP  # In the middle of a body: nothing was done yet, and nobody hears an answer.
        except Exception as error:
            await self._last_word(scope, exchange, error)
        self._traffic.count(scope, exchange.status, perf_counter() - began)
        if self._settings.access_log:
            _access.info("%s", _line(scope, exchange))

    async def _last_word(self, scope: Scope, exchange: Exchange, error: Exception) -> None:
        """Answer what nobody answered: refusals of this layer, and our own mistakes."""
        refusal = error if isinstance(error, Refusal) else InternalError("Something went wrong on our side.")
        if refusal is not error:
            _log.error("%s %s", exchange.request_id, scope["path"], exc_info=error)
        if exchange.status:
            raise error  # The answer is under way; all that is left is to break it off.
        exchange.before_answer = exchange.taken_back = None
        await refusal_answer(Request(scope), refusal)(scope, _nothing, exchange.send)


class Exchange:
    """One request's answer on its way out."""

    __slots__ = ("_limits", "_scope", "_send", "before_answer", "body", "request_id", "status", "taken_back")

    def __init__(self, scope: Scope, send: Send, request_id: str, limits: RateLimits | None) -> None:
        self._scope, self._send, self.request_id = scope, send, request_id
        self._limits = limits if scope["path"].startswith(UNDER) else None
        self.status = 0
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self.taken_back: Refusal | None = None
        self.body: BodyLimit | None = None

    async def send(self, message: Message) -> None:
        """Mark the answer, and hold it back until it may be given; if that fails, swallow it."""
        if self.taken_back is not None:
            return
        if message["type"] == "http.response.start":
            if self.before_answer is not None and not self._scope.get(intake.RIDES_ALONG):
                try:
                    await self.before_answer()
                except Refusal as refusal:
                    self.taken_back = refusal
                    return
            self.status = message["status"]
            message["headers"].append((b"x-request-id", self.request_id.encode()))
            message["headers"].append((b"x-leaklab", b"simulation"))
            if self._limits is not None:
                message["headers"].extend(self._limits.headers(self._scope, self.status))
        elif self.body is not None and self.body.is_passed:
            await self._send({**message, "more_body": True})
            await self.body.drain()
            message = {"type": "http.response.body"}
        await self._send(message)


def _keep_slashes(scope: Scope) -> None:
    """Route by the path with `%2F` left as it is, so that an id with a slash stays one segment."""
    raw: bytes = scope["raw_path"].partition(b"?")[0]
    if b"%2f" in raw.lower():
        pieces = raw.replace(b"%2f", b"%2F").split(b"%2F")
        scope["path"] = "%2F".join(unquote_to_bytes(piece).decode("utf-8", "replace") for piece in pieces)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _line(scope: Scope, exchange: Exchange) -> str:
    try:
        origin = caller_of(scope).origin
    except Refusal:
        origin = "-"
    code = scope.get("refusal", "-")
    asked = f"{scope['method']} {scope['path']}"
    return redact(f"{exchange.request_id} {origin} {asked} {exchange.status} {code}")
