"""The push feed as a gate hears it: over Redis, or as the authority's server-sent events.

Either may break off at any time. Nothing is asked to come again here: the view sees by the numbers what is missing,
and asks the authority.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import aiohttp
import msgspec
from yarl import URL

from mock_api.core.enforcement.questions import Notice, Pulse
from mock_api.http.gate_settings import PushChannels

from .authority import Authority
from .doorkeeper import Doorkeeper

if TYPE_CHECKING:
    from redis.asyncio import Redis

BACKOFF = (0.02, 0.05, 0.1, 0.2, 0.5)  # seconds between attempts to connect; the last one from then on
CATCH_UP = 10_000                      # notices read at once

Key = bytes | str | memoryview  # how redis-py types names and ids

_log = logging.getLogger("leaklab.gate")
_notice = msgspec.json.Decoder(Notice).decode
_pulse = msgspec.json.Decoder(Pulse).decode


async def follow_redis(doorkeeper: Doorkeeper, streams: PushChannels, url: str, patience: float) -> None:
    """Hand every notice and pulse of the streams to the view, until cancelled."""
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra.
    from redis.exceptions import RedisError  # noqa: PLC0415

    failures = 0
    while True:
        redis = Redis.from_url(
            url, socket_timeout=patience + 1.0, socket_connect_timeout=patience, retry=None
        )
        try:
            async for heard in _read(redis, streams, doorkeeper, patience):
                failures = 0 if heard else failures
        except (RedisError, OSError, TimeoutError, msgspec.MsgspecError) as problem:
            _tell_once(failures, "Redis", problem)
        finally:
            await redis.aclose()
        failures += 1
        await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF)) - 1])


async def _read(
    redis: Redis, streams: PushChannels, doorkeeper: Doorkeeper, patience: float
) -> AsyncIterator[int]:
    """Read on from what the view has; yields how many messages came."""
    version = doorkeeper.point.view.version
    places: dict[Key, Key | int] = {streams.notices: f"{version.seq if version else 0}-0", streams.pulses: "$"}
    if version is None:  # A snapshot is on its way: what came before it is in it.
        newest = await redis.xrevrange(streams.notices, count=1)
        places[streams.notices] = _text(newest[0][0]) if newest else "0-0"
    while True:
        answer = await redis.xread(places, count=CATCH_UP, block=int(patience * 1000))
        heard = 0
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


async def follow_events(doorkeeper: Doorkeeper, authority: Authority, patience: float) -> None:
    """The same over server-sent events (WHATWG HTML §9.2), until cancelled."""
    failures = 0
    while True:
        version = doorkeeper.point.view.version
        url = URL(f"{authority.url}/gates/notices?after={version.seq if version else 0}")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=patience, sock_read=patience + 1.0)
        try:
            async with authority.session.get(
                url, headers={"Accept": "text/event-stream"}, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise OSError(f"the authority answers {response.status}")
                failures = 0
                await _hear_events(doorkeeper, response.content)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
            _tell_once(failures, "The authority's feed", problem)
        failures += 1
        await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF)) - 1])


async def _hear_events(doorkeeper: Doorkeeper, lines: aiohttp.StreamReader) -> None:
    kind = b""
    async for line in lines:
        if line.startswith(b"event: "):
            kind = line[7:].strip()
        elif line.startswith(b"data: "):
            doorkeeper.hear(_pulse(line[6:]) if kind == b"pulse" else _notice(line[6:]), len(line))
        elif not line.strip():
            kind = b""


def _tell_once(failures: int, what: str, problem: Exception) -> None:
    if failures == 0:
        _log.warning("%s is lost (%s); it is tried again.", what, type(problem).__name__)
