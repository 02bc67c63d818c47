"""Real servers on free ports, for the tests that need a socket or a browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import uvicorn
from msgspec.structs import replace
from starlette.types import ASGIApp

from frontend_proxy.app import create_app
from frontend_proxy.core.credentials import Secret
from frontend_proxy.core.desk import Desk
from frontend_proxy.core.events import FrontEndEvent
from frontend_proxy.settings import CredentialSetting, ProxySettings, open_desk
from frontend_proxy.upstream import Upstream
from tests.frontend_proxy.site import SECRET
from tests.frontend_proxy.wire_api import WireApi


class WallClock:
    """The time of day."""

    def now(self) -> float:
        return time.time()


class UniqueIds:
    """Ids that no other run of the tests has used in this process."""

    _numbers = count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers)}"


@dataclass
class LiveSite:
    """A front end one can open in a browser."""

    address: str
    desk: Desk
    api: WireApi
    events: list[FrontEndEvent]


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve `app` on a free port of loopback; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_until_started(server)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def live_site(**knobs: Any) -> Iterator[LiveSite]:
    """The front end before a tiny API, both served; `knobs` are ProxySettings."""
    api, events = WireApi(SECRET), list[FrontEndEvent]()
    with serving(api.app) as api_address:
        settings = ProxySettings(
            upstream_url=api_address, credentials=(CredentialSetting(Secret(SECRET)),), poll_interval=0.05
        )
        settings = replace(settings, **knobs)
        desk = open_desk(settings, WallClock(), UniqueIds(), events.append)
        app = create_app(desk, Upstream(settings, desk.clock), settings)
        with serving(app) as address:
            yield LiveSite(address, desk, api, events)


def _wait_until_started(server: uvicorn.Server) -> None:
    for _ in range(1000):
        if server.started:
            return
        time.sleep(0.01)
    raise TimeoutError("The server did not start within ten seconds.")
