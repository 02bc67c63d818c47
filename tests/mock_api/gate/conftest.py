"""A gate on a real socket, by a clock that is moved by hand; behind it the real API, or one that follows a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from msgspec.structs import replace
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mock_api.core.enforcement import Enforcement, ExpiryOnly
from mock_api.gate.app import GateApp
from mock_api.gate.exchange import BrokenOff
from mock_api.gate.history import History
from mock_api.gate.process import Parts, Place
from mock_api.gate.settings import GateLimits
from mock_api.http.gate_settings import GateSettings
from tests.mock_api.web.conftest import POLICY, House

NAME = "gate-1"


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The address of an ASGI app on a socket of its own; uvicorn's protocol without its server, which ticks."""
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="on")
    config.load()
    life, state = LifespanOn(config), ServerState()
    await life.startup()
    assert not life.startup_failed
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HttpToolsProtocol(config, state, {}), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        await life.shutdown()


Send = Callable[[Any], Awaitable[None]]
Script = Callable[[Any, Callable[[], Awaitable[Any]], Send], Awaitable[None]]


@dataclass
class Scripted:
    """An API that writes down what it is asked, and answers by a script."""

    script: Script | None = None
    scopes: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.scopes.append(scope)
        if self.script is not None:
            await self.script(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        headers = [(b"content-type", b"text/plain"), (b"x-request-id", b"req_7"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    def headers(self, number: int = -1) -> dict[str, str]:
        """What a request's headers said."""
        return {name.decode(): value.decode("latin-1") for name, value in self.scopes[number]["headers"]}


@dataclass
class Site:
    """A real authority, a gate in front of it or of a scripted API, and somebody with a token."""

    house: House
    authority: str
    gate: str
    parts: Parts
    client: httpx2.AsyncClient

    @property
    def bearer(self) -> dict[str, str]:
        """The tester's header."""
        return {"Authorization": f"Bearer {self.house.access_token}"}

    async def get(self, path: str = "/v1/videos", **headers: str) -> httpx2.Response:
        """Ask the gate, as the tester."""
        return await self.client.get(self.gate + path, headers={**self.bearer, **headers})

    async def revoke(self, **scope: str) -> None:
        """Revoke at the authority; by default the tester's token."""
        named = scope or {"kind": "token", "token": self.house.access_token}
        answer = await self.client.post(
            f"{self.authority}/admin/revocations", json={"scope": named, "reason": "leaked"},
            headers={"Authorization": f"Bearer {self.house.operator_key}"},
        )
        assert answer.status_code == 200, answer.text


Build = Callable[..., Awaitable[Site]]


@pytest.fixture
async def site() -> AsyncIterator[Build]:
    """Builds sites; they are torn down at the end."""
    async with AsyncExitStack() as stack:

        async def build(
            enforcement: Enforcement | None = None, *, upstream: Scripted | str | None = None,
            limits: GateLimits | None = None, history: Path | None = None, house: House | None = None,
        ) -> Site:
            enforcement = enforcement or ExpiryOnly()
            house = house or House(replace(POLICY, enforcement=enforcement))
            key = house.authority.operator.ensure_gate_key() or house.authority.operator.renew_gate_key()
            authority = await stack.enter_async_context(serving(house.app))
            behind = await stack.enter_async_context(serving(upstream)) if isinstance(upstream, Scripted) else upstream
            settings = GateSettings(
                house.authority.issuer, house.authority.audience, enforcement, 3600.0, house.authority.feed.name, 0.05,
                house.clock.at,
            )
            place = Place(
                name=NAME, url="http://gate.test", authority=authority, upstream=behind or authority, gate_key=key
            )
            kept = None if history is None else History(history)
            parts = Parts(place, settings, enforcement, house.clock, limits or GateLimits(report_every=0.02), kept)
            gate = await stack.enter_async_context(serving(quiet(GateApp(parts))))
            client = await stack.enter_async_context(httpx2.AsyncClient(trust_env=False, timeout=10.0))
            return Site(house, authority, gate, parts, client)

        yield build


def quiet(app: Any) -> Any:
    """The app as the product's server sees it: a broken-off answer is no news."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except BrokenOff:
            return

    return call


async def eventually(look: Callable[[], Any]) -> Any:
    """The first true answer of `look`, asked again for ten seconds."""
    async with asyncio.timeout(10):
        while not (found := look()):
            await asyncio.sleep(0.01)
    return found
