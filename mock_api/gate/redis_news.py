"""The push feed as it stands in Redis: a stream of notices numbered as the feed is, and a stream of pulses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from mock_api.core.enforcement.questions import Notice, Pulse
from mock_api.http.gate_settings import PushChannels

from .doorkeeper import Doorkeeper
from .news import pause, tell_once

if TYPE_CHECKING:
    from redis.asyncio import Redis

CATCH_UP = 10_000  # notices read at once

Key = bytes | str | memoryview  # how redis-py types names and ids

_notice = msgspec.json.Decoder(Notice).decode
_pulse = msgspec.json.Decoder(Pulse).decode


class Silent(OSError):
    """Redis is there, but nobody speaks: the authority cannot reach it."""


class Substitute:
    """Listens elsewhere for as long as Redis says nothing."""

    def __init__(self, follow: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._follow = follow
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Listen, if that is not so already."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    async def end(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None


async def follow_redis(
    doorkeeper: Doorkeeper, streams: PushChannels, url: str, patience: float,
    instead: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Hand every notice and pulse of the streams to the view, until cancelled.

    After `patience` seconds without a word, and whenever Redis is lost, `instead` is followed until Redis speaks again.
    """
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra.
    from redis.exceptions import RedisError  # noqa: PLC0415

    failures, substitute = 0, Substitute(instead)
    try:
        while True:
            # No `socket_timeout`: redis-py would wait with `asyncio.wait_for`, which before Python 3.12 may swallow a
            # cancellation, and this would go on for ever.
            redis = Redis.from_url(url, socket_timeout=None, socket_connect_timeout=patience, retry=None)
            try:
                async for _ in _read(redis, streams, doorkeeper, patience):
                    failures = 0
                    await substitute.end()
            except (RedisError, OSError, TimeoutError, KeyError, msgspec.MsgspecError) as problem:
                tell_once(failures, "Redis", problem)
            finally:
                await redis.aclose()
            substitute.begin()
            failures += 1
            await asyncio.sleep(pause(failures))
    finally:
        await substitute.end()


async def _read(
    redis: Redis, streams: PushChannels, doorkeeper: Doorkeeper, patience: float
) -> AsyncIterator[int]:
    """Read on from what the view has; yields how many messages came, and raises Silent when none do."""
    version = doorkeeper.point.view.version
    places: dict[Key, Key | int] = {streams.notices: f"{version.seq if version else 0}-0", streams.pulses: "$"}
    if version is None:  # A snapshot is on its way: what came before it is in it.
        async with asyncio.timeout(patience * 2):
            newest = await redis.xrevrange(streams.notices, count=1)
        places[streams.notices] = _text(newest[0][0]) if newest else "0-0"
    while True:
        async with asyncio.timeout(patience * 2):
            answer = await redis.xread(places, count=CATCH_UP, block=int(patience * 1000))
        heard = 0
        if not answer:
            raise Silent(f"no pulse for {patience:.1f} s")
        for stream, entries in _entries(answer):
            for entry_id, fields in entries:
                places[stream] = _text(entry_id)
                heard += 1
                if stream == streams.notices:
                    doorkeeper.hear(_notice(fields[b"notice"]), len(fields[b"notice"]))
                else:
                    doorkeeper.hear(_pulse(fields[b"pulse"]), len(fields[b"pulse"]))
        yield heard


def _entries(answer: object) -> list[tuple[str, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """The answer of XREAD, in whichever of its protocol's two shapes it came."""
    if isinstance(answer, dict):
        return [(_text(stream), [each for part in parts for each in part]) for stream, parts in answer.items()]
    if isinstance(answer, list):
        return [(_text(stream), entries) for stream, entries in answer]
    return []


def _text(raw: bytes | str | None) -> str:
    return raw.decode() if isinstance(raw, bytes) else str(raw)
