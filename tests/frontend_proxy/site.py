"""The whole front end for a test: clock, desk, app, the API behind it, and a client like a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from msgspec.structs import replace
from starlette.applications import Starlette

from frontend_proxy.app import create_app
from frontend_proxy.core.credentials import Secret
from frontend_proxy.core.desk import Desk
from frontend_proxy.core.events import FrontEndEvent
from frontend_proxy.pump import Pump
from frontend_proxy.settings import CredentialSetting, ProxySettings, open_desk
from frontend_proxy.upstream import Upstream
from tests.frontend_proxy.surroundings import CountingIds, SetClock
from tests.frontend_proxy.wire_api import WireApi

SECRET = "eyJhbGciOiJFZERTQSJ9.leaked-early-access.c2lnbmF0dXJl"
ADDRESS = "http://127.0.0.1:8000"
ORDER = {"prompt": "A paper boat", "seconds": "10", "size": "640x360", "style": ""}


@dataclass
class Site:
    """Everything a test wants to reach."""

    clock: SetClock
    desk: Desk
    app: Starlette
    upstream: Upstream
    api: WireApi
    events: list[FrontEndEvent]
    visitor: httpx2.AsyncClient

    @property
    def pump(self) -> Pump:
        pump = self.app.state.pump
        assert isinstance(pump, Pump)
        return pump

    def another_visitor(self) -> httpx2.AsyncClient:
        """Somebody else's browser."""
        return visitor_of(self.app)

    async def pump_for(self, seconds: float) -> None:
        """Let time pass, pumping whenever the desk wants it."""
        end = self.clock.at + seconds
        for _ in range(1000):
            await self.pump.pump()
            due = self.desk.next_at()
            if due is None or due > end:
                break
            self.clock.at = max(self.clock.at, due)
        self.clock.at = end

    async def make_clip(self, **order: str) -> str:
        """Order a clip, wait for it, and return its id."""
        await self.visitor.post("/", data=ORDER | order)
        await self.pump_for(60)
        return self.desk.gallery.newest(1)[0].clip_id


def visitor_of(app: Starlette) -> httpx2.AsyncClient:
    """A browser-like client: keeps cookies, follows redirects."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://front.test", follow_redirects=True)


@asynccontextmanager
async def open_site(
    api: WireApi | None = None, transport: httpx2.AsyncBaseTransport | None = None, **knobs: Any
) -> AsyncIterator[Site]:
    """A front end with one credential and no loop; `knobs` are ProxySettings, and `clock` a SetClock."""
    clock, events = knobs.pop("clock", None) or SetClock(), list[FrontEndEvent]()
    api = api or WireApi(SECRET)
    credentials = (CredentialSetting(Secret(SECRET)),)
    settings = replace(ProxySettings(upstream_url=ADDRESS, credentials=credentials, loop=False), **knobs)
    desk = open_desk(settings, clock, CountingIds(), events.append)
    upstream = Upstream(settings, clock, transport or httpx2.ASGITransport(api.app))
    app = create_app(desk, upstream, settings)
    async with visitor_of(app) as visitor:
        yield Site(clock, desk, app, upstream, api, events, visitor)
    await upstream.aclose()
