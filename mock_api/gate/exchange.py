"""One request at a gate, from its head to the last byte of its answer."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from mock_api.core.access_tokens import Claims
from mock_api.core.errors import Refusal
from mock_api.http.body_limit import BodyLimit
from mock_api.http.envelope import JSON, challenge, envelope, refusal_headers
from mock_api.http.knock import Knock

HUNG_UP = 499  # what web servers write down for a client that is gone; it never goes out


class BrokenOff(asyncio.CancelledError):
    """An answer under way is not brought to its end: the server closes the connection, and need not log it."""


class Exchange:
    """What the parts of a gate have to know of the request they work on, and its answer on the way out."""

    __slots__ = (
        "_receive", "_send", "body", "claims", "code", "has_ended", "has_more_body", "knock", "scope", "started",
        "status", "token", "trouble",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, started: float, body_limit: int) -> None:
        self.scope, self.started = scope, started
        self.body = BodyLimit(scope, receive, body_limit)
        self._receive, self._send = receive, send
        self.knock: Knock | None = None
        self.token: str | None = None
        self.claims: Claims | None = None
        self.status = 0
        self.code: str | None = None
        self.trouble: Exception | None = None  # what went wrong with the request's body
        self.has_more_body = _has_body(scope)
        self.has_ended = False

    async def send(self, message: Message) -> None:
        """Send a piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif not message.get("more_body"):
            self.has_ended = True
        await self._send(message)

    async def answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Send a whole answer of the gate's own."""
        headers = [*headers, (b"content-length", b"%d" % len(body)), (b"x-leaklab", b"simulation")]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        if self.body.is_passed:
            await self.send({"type": "http.response.body", "body": body, "more_body": True})
            await self.body.drain()
            body = b""
        await self.send({"type": "http.response.body", "body": body})

    async def refuse(self, refusal: Refusal, request_id: str, takes_proofs: bool = False) -> None:
        """Answer with a refusal, as the API would; its challenges are two if the API takes proofs of possession."""
        self.code = refusal.code
        said = {**refusal_headers(refusal), "Content-Type": JSON, "X-Request-Id": request_id}
        sent = None if self.knock is None else self.knock.authorization
        wants = challenge(refusal, None if sent is None else sent.decode("latin-1"), takes_proofs)
        if wants is not None:
            said["WWW-Authenticate"] = wants
        headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in said.items()]
        await self.answer(refusal.status, headers, envelope(refusal))

    async def hung_up(self) -> None:
        """Return when the caller has gone away. Wait for it only when the request has been read to its end."""
        while (await self._receive())["type"] != "http.disconnect":
            continue


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )
