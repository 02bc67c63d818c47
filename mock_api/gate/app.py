"""The gate as an ASGI application: what it judges, what it lets through, what it answers itself.

* `/v1/` needs a token: judged, then forwarded.
* `/.well-known/`, `/oauth/` and the like have checks of their own at the API: forwarded as they come.
* `/healthz`, `/readyz`, `/metrics` and `/gate/status` are the gate's own.
* Everything else, `/admin/` and `/gates/` above all, does not exist here.
"""

from __future__ import annotations

import hmac
import logging
from itertools import count
from typing import TYPE_CHECKING

import msgspec
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_api.core.doors.gates import ReportedRefusal
from mock_api.core.enforcement.questions import Version
from mock_api.core.enforcement.view import Arrival
from mock_api.core.errors import GateBusy, GateKeyInvalid, Invalid, NotFound, Refusal
from mock_api.core.redaction import SecretsBlanked
from mock_api.http.envelope import JSON, InternalError
from mock_api.http.hosts import is_loopback
from mock_api.http.knock import VERSION, bearer, knock_of
from mock_api.http.possession import proven_token

from .actions import action_of
from .exchange import HUNG_UP, BrokenOff, Exchange
from .figures import scrape
from .history import Passage

if TYPE_CHECKING:
    from .process import Parts

JUDGED = b"/v1/"
PASSED = (
    b"/.well-known/", b"/oauth/", b"/status-lists", b"/credentials/", b"/leak-reports/", b"/docs", b"/openapi.json",
)
STRANGE = (b"/..", b"/./", b"//", b"\\", b"%2e", b"%5c", b"%00")  # No honest path has these.

_log = logging.getLogger("leaklab.gate")
_log.addFilter(SecretsBlanked())


class GateApp:
    """Answers the requests of one gate; `parts` is all that it works with."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._epoch = f"{int(parts.clock.now() * 1000):x}"  # Keeps ids apart across restarts.
        self._numbers = count(1)
        self._key = parts.gate_key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._parts.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._parts.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts, figures = self._parts, self._parts.figures
        exchange = Exchange(scope, receive, send, parts.clock.now(), parts.limits.body)
        figures.requests += 1
        figures.under_way += 1
        try:
            await self._route(exchange)
        except Refusal as refusal:
            await exchange.refuse(refusal, self._request_id(scope), parts.takes_proofs)
        except ClientDisconnect:
            exchange.status = exchange.status or HUNG_UP
        except BrokenOff:
            figures.broken_off += 1
            raise
        except Exception:
            _log.exception("%s %s", scope["method"], scope["path"])
            if exchange.status:
                raise BrokenOff from None
            await exchange.refuse(InternalError("Something went wrong at this gate."), self._request_id(scope))
        finally:
            figures.under_way -= 1
            self._remember(exchange)

    async def _route(self, exchange: Exchange) -> None:
        raw = exchange.scope["raw_path"]
        if any(strange in raw.lower() for strange in STRANGE):
            raise Invalid("The path holds what no path of this API has.")
        at_most = self._parts.limits.under_way
        if raw.startswith((JUDGED, *PASSED)) and self._parts.figures.under_way > at_most:
            raise GateBusy(f"{at_most} requests are under way already.", retry_after=1.0)
        if raw.startswith(JUDGED):
            await self._guarded(exchange)
        elif raw.startswith(PASSED):
            exchange.knock = knock_of(exchange.scope)
            await self._parts.upstream.forward(exchange, None, self._version)
        else:
            await self._own(exchange, raw)

    async def _guarded(self, exchange: Exchange) -> None:
        """Judge, then forward; the refusal is reported, for the authority cannot see it."""
        parts = self._parts
        try:
            exchange.knock = knock_of(exchange.scope)
            authorization = exchange.knock.authorization
            exchange.token = bearer(authorization) or proven_token(authorization)
            arrival = Arrival(exchange.started, _demanded(exchange.scope))
            exchange.claims = await parts.doorkeeper.read(exchange.token)
            await parts.doorkeeper.decide(str(exchange.token), exchange.claims, arrival)
        except Refusal as refusal:
            parts.figures.refused[refusal.code] += 1
            self._report(exchange, refusal)
            raise
        parts.figures.admitted += 1
        await parts.upstream.forward(exchange, self._judge_again, self._version)

    async def _judge_again(self, exchange: Exchange) -> None:
        """Whether an answer under way may go on; raises the Refusal."""
        assert exchange.claims is not None  # noqa: S101 - it was admitted.
        try:
            arrival = Arrival(self._parts.clock.now())
            await self._parts.doorkeeper.decide(str(exchange.token), exchange.claims, arrival, again=True)
        except Refusal as refusal:
            exchange.code = refusal.code
            self._parts.figures.refused[refusal.code] += 1
            self._report(exchange, refusal)
            raise

    async def _own(self, exchange: Exchange, raw: bytes) -> None:
        """What the gate answers itself."""
        if exchange.scope["method"] not in ("GET", "HEAD"):
            raise NotFound("There is nothing at this path.")
        if raw == b"/healthz":
            await self._say(exchange, 200, b'{"status":"ok","because":null}')
        elif raw == b"/readyz":
            ready = self._parts.is_ready
            text = b'{"status":"ok","because":null}' if ready else b'{"status":"unavailable","because":"no view yet"}'
            await self._say(exchange, 200 if ready else 503, text)
        elif raw == b"/metrics":
            text = scrape(self._parts.figures, self._parts.name)
            await self._say(exchange, 200, text, CONTENT_TYPE_PLAIN_0_0_4)
        elif raw == b"/gate/status":
            self._check_key(exchange)
            await self._say(exchange, 200, msgspec.json.encode(self._parts.status()))
        else:
            raise NotFound("There is nothing at this path.")

    def _check_key(self, exchange: Exchange) -> None:
        """The status is for this machine, and for who holds the gate key."""
        exchange.knock = knock_of(exchange.scope)
        client = exchange.scope["client"]
        key = bearer(exchange.knock.authorization) or ""
        is_near = client is not None and is_loopback(client[0])
        if not is_near or not hmac.compare_digest(key.encode("utf-8", "surrogateescape"), self._key):
            raise GateKeyInvalid("This request needs the gate key as bearer, from this machine.")

    async def _say(self, exchange: Exchange, status: int, body: bytes, media: str = JSON) -> None:
        request_id = self._request_id(exchange.scope).encode()
        headers = [(b"content-type", media.encode()), (b"x-request-id", request_id), (b"cache-control", b"no-store")]
        await exchange.answer(status, headers, b"" if exchange.scope["method"] == "HEAD" else body)

    def _version(self) -> Version | None:
        return self._parts.doorkeeper.point.view.version

    def _request_id(self, scope: Scope) -> str:
        """The caller's own, if it is one, or a new one."""
        for name, value in scope["headers"]:
            if name == b"x-request-id" and 0 < len(value) <= 128 and value.isascii():
                return str(value.decode("ascii"))
        return f"gate_{self._epoch}{next(self._numbers):08x}"

    def _report(self, exchange: Exchange, refusal: Refusal) -> None:
        claims, knock = exchange.claims, exchange.knock
        self._parts.reports.add(ReportedRefusal(
            None if claims is None else claims.jti, None if claims is None else claims.tester_id,
            action_of(exchange.scope["method"], exchange.scope["path"]),
            "- -" if knock is None else knock.origin, refusal.code,
        ))

    def _remember(self, exchange: Exchange) -> None:
        history = self._parts.history
        if history is not None:
            version, claims = self._version(), exchange.claims
            history.add(Passage(
                exchange.started, self._parts.clock.now(), self._parts.name, None if claims is None else claims.jti,
                exchange.status, exchange.code, None if version is None else str(version),
            ))


def _demanded(scope: Scope) -> Version | None:
    """The oldest view that the caller puts up with; raises Invalid, also for two: which one would count?"""
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == VERSION]
    if len(said) > 1:
        raise Invalid("Send one version, the newest.", param="X-Leaklab-Version")
    return Version.parse(said[0]) if said else None
