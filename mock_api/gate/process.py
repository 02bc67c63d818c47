"""Puts a gate together, and keeps running what runs between requests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from math import isinf
from typing import Any

from msgspec import Struct

from mock_api.core import museum
from mock_api.core.access_tokens import TokenReader
from mock_api.core.enforcement import Enforcement, InProcess, Push
from mock_api.core.enforcement.point import EnforcementPoint
from mock_api.core.ports import Clock
from mock_api.http.gate_settings import GateSettings
from mock_api.http.knock import GATE, GATE_KEY, GATE_URL

from .authority import Authority
from .doorkeeper import Doorkeeper
from .event_news import follow_events
from .figures import Figures
from .history import History
from .redis_news import follow_redis
from .reports import Reports
from .settings import GateLimits
from .upstream import Upstream

AT_STOP = 1.0       # seconds for the last report
PULSES_MISSED = 3   # in a row make a feed a lost one


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a gate stands: its name and address, the authority, the API behind, the key, and where news comes from."""

    name: str
    url: str
    authority: str
    upstream: str
    gate_key: str
    redis_url: str | None = None

    def __repr__(self) -> str:
        return f"Place({self.name!r}, {self.url!r})"  # The key is nobody's business.


class Status(Struct, frozen=True):
    """A gate at a glance. `age` is seconds since its view last heard or learnt anything; None: never."""

    name: str
    enforcement: Enforcement
    guarantee: str
    version: str | None
    age: float | None
    is_ready: bool
    figures: dict[str, int | dict[str, int]]


class Parts:
    """All that a gate works with."""

    def __init__(
        self, place: Place, settings: GateSettings, enforcement: Enforcement, clock: Clock,
        limits: GateLimits | None = None, history: History | None = None,
    ) -> None:
        if isinstance(enforcement, InProcess):
            raise ValueError("in-process enforcement lives with the authority, not in a gate in front")
        self.name, self.gate_key, self.clock, self.history = place.name, place.gate_key, clock, history
        self.limits, self.figures, self.enforcement = limits or GateLimits(), Figures(), enforcement
        self._place, self._settings = place, settings
        self.takes_proofs = settings.takes_proofs
        self._tasks: list[asyncio.Task[None]] = []
        self.point = EnforcementPoint(place.name, enforcement.view())
        if settings.exhibits:
            museum.hang_at_gate(self.point, settings.exhibits)
        self.authority: Authority
        self.doorkeeper: Doorkeeper
        self.upstream: Upstream
        self.reports: Reports

    @property
    def is_ready(self) -> bool:
        """Whether the keys are there, without which nothing can be read."""
        return bool(self.authority.keys)

    async def start(self) -> None:
        """Open connections, get the keys, and begin what runs between requests."""
        place, figures = self._place, self.figures
        self.authority = Authority(place.authority, place.name, place.gate_key, figures, self.limits.look_ups)
        self.authority.timeout = getattr(self.enforcement, "timeout", self.authority.timeout)
        badge = {GATE: place.name, GATE_KEY: place.gate_key, GATE_URL: place.url}
        self.upstream = Upstream(place.upstream, badge, self.limits, figures)
        reader = TokenReader(self.authority.keys, self._settings.issuer, self._settings.audience)
        self.doorkeeper = Doorkeeper(
            self.point, self.authority, reader, self.clock, figures, self.limits.keys_again
        )
        self.reports = Reports(place.name, self.authority.report, self.limits, figures)
        await self.doorkeeper.fetch_keys()
        wanted = self.point.view.wants()
        if wanted is not None and wanted[0] <= self.clock.now():
            await self.doorkeeper.ask(wanted[1])
        self._run(self.doorkeeper.keep_up())
        self._run(self.reports.hand_in())
        if isinstance(self.enforcement, Push):
            self._run(self._listen(self.enforcement))

    async def stop(self) -> None:
        """End all of it, after the last report."""
        with suppress(TimeoutError):
            async with asyncio.timeout(AT_STOP):
                await self.reports.hand_in_one()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.upstream.close()
        await self.authority.close()
        if self.history is not None:
            self.history.close()

    def status(self) -> Status:
        """The gate at a glance."""
        version, age = self.point.view.version, self.clock.now() - self.doorkeeper.heard_at
        return Status(
            self.name, self.enforcement, self.enforcement.guarantee, None if version is None else str(version),
            None if isinf(age) else age, self.is_ready, self.figures.plain(),
        )

    def _listen(self, push: Push) -> Coroutine[Any, Any, None]:
        """The feed: Redis where this gate was given one; without it, or while it is away, the authority's events."""
        patience = min(PULSES_MISSED * self._settings.pulse, push.silent_after * 0.75)
        redis_url, streams = self._place.redis_url, self._settings.pushes
        if redis_url is None or streams is None:
            return follow_events(self.doorkeeper, self.authority, patience)
        return follow_redis(
            self.doorkeeper, streams, redis_url, patience,
            lambda: follow_events(self.doorkeeper, self.authority, patience),
        )

    def _run(self, lasting: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(lasting))
