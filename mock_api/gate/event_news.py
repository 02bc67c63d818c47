"""The push feed as the authority's server-sent events (WHATWG HTML §9.2)."""

from __future__ import annotations

import asyncio

import aiohttp
import msgspec
from yarl import URL

from mock_api.core.enforcement.questions import Notice, Pulse

from .authority import Authority
from .doorkeeper import Doorkeeper
from .news import pause, tell_once

_notice = msgspec.json.Decoder(Notice).decode
_pulse = msgspec.json.Decoder(Pulse).decode


async def follow_events(doorkeeper: Doorkeeper, authority: Authority, patience: float) -> None:
    """Hand every notice and pulse of the authority's stream to the view, until cancelled."""
    failures = 0
    while True:
        version = doorkeeper.point.view.version
        url = URL(f"{authority.url}/gates/notices?after={version.seq if version else 0}")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=patience, sock_read=patience)
        try:
            async with authority.session.get(
                url, headers={"Accept": "text/event-stream"}, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise OSError(f"the authority answers {response.status}")
                failures = 0
                await _hear_events(doorkeeper, response.content)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
            tell_once(failures, "The authority's feed", problem)
        failures += 1
        await asyncio.sleep(pause(failures))


async def _hear_events(doorkeeper: Doorkeeper, lines: aiohttp.StreamReader) -> None:
    kind = b""
    async for line in lines:
        if line.startswith(b"event: "):
            kind = line[7:].strip()
        elif line.startswith(b"data: "):
            doorkeeper.hear(_pulse(line[6:]) if kind == b"pulse" else _notice(line[6:]), len(line))
        elif not line.strip():
            kind = b""
