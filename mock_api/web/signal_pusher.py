"""Pushes signals to receivers (RFC 8935): in order, one at a time for each stream, again until they are taken.

A signal leaves only when its event is on disk: else a crash could give its name to another one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

import httpx2
import msgspec

from mock_api.core.authority import Authority
from mock_api.core.errors import Refusal
from mock_api.core.events.signals import PUSH
from mock_api.core.signals import OPERATOR, Outgoing
from mock_api.journal import JournalPort

from .bell import Bell
from .push_targets import check_target

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0  # seconds before the second attempt; doubled from there up to the latter
SILENCE = 5.0                            # seconds a receiver may take to connect, and to say each next thing
ATTEMPT = 10.0                           # seconds one attempt may take altogether
ANSWER_LIMIT = 4096                      # bytes that are read of an answer
LOOK_EVERY = 60.0                        # seconds after which it is looked again, were the bell to fail

_log = logging.getLogger("leaklab.web")


class TryAgain(Exception):
    """The receiver has not taken the signal; the message says why."""


class SignalPusher:
    """Keeps one task for each stream that is pushed."""

    def __init__(self, authority: Authority, journal: JournalPort, bell: Bell, allowed_hosts: Collection[str]) -> None:
        self._authority, self._journal, self._bell, self._allowed = authority, journal, bell, allowed_hosts
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Push until cancelled."""
        try:
            while True:
                streams = self._authority.signal_streams.by_id
                pushed = {key for key, stream in streams.items() if stream.settings.method == PUSH}
                for key in self._tasks.keys() - pushed:
                    self._tasks.pop(key).cancel()
                for key in sorted(pushed - self._tasks.keys()):
                    self._tasks[key] = asyncio.create_task(self._keep_pushing(key))
                await self._bell.wait(LOOK_EVERY)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _keep_pushing(self, stream_id: str) -> None:
        """Push what waits on one stream, oldest first."""
        pause = 0.0
        # Redirects are not followed, and no proxy of the environment stands between us and the receiver.
        async with httpx2.AsyncClient(timeout=SILENCE, trust_env=False, follow_redirects=False) as http:
            while True:
                try:
                    outgoing = self._authority.deliveries.outgoing(stream_id)
                    if outgoing is None:
                        await self._bell.wait(LOOK_EVERY)
                        continue
                    await self._push(http, stream_id, outgoing)
                    if pause:
                        _log.info("stream %s: the receiver takes signals again", stream_id)
                    pause = 0.0
                except Exception as problem:  # Whatever it is, the next attempt may do better; the signal waits.
                    if not pause:
                        _log.warning("stream %s: %s; it is tried again", stream_id, _why(problem))
                    pause = min(LONGEST_PAUSE, 2 * pause or FIRST_PAUSE)
                    await asyncio.sleep(pause)

    async def _push(self, http: httpx2.AsyncClient, stream_id: str, outgoing: Outgoing) -> None:
        check_target(outgoing.endpoint_url, self._allowed)  # Again: the range may have been started otherwise since.
        await self._journal.flushed()
        headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
        if outgoing.authorization is not None:
            headers["Authorization"] = outgoing.authorization
        async with (
            asyncio.timeout(ATTEMPT),
            http.stream("POST", outgoing.endpoint_url, content=outgoing.token.encode(), headers=headers) as answer,
        ):
            status, body = answer.status_code, await _beginning(answer) if answer.status_code == 400 else b""
        if status == 202:
            self._authority.deliveries.acknowledge(OPERATOR, stream_id, [outgoing.jti])
        elif status == 400:
            self._authority.deliveries.acknowledge(OPERATOR, stream_id, (), {outgoing.jti: _refusal(body)})
        else:
            raise TryAgain(f"the receiver answered {status}")


class _Said(msgspec.Struct):
    err: str = "invalid_request"
    description: str = ""


def _refusal(body: bytes) -> tuple[str, str]:
    """Code and description of a 400 (RFC 8935 §2.3), also of one that says nothing readable."""
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "invalid_request", "The receiver answered 400 without a reason that can be read."
    return said.err, said.description


async def _beginning(answer: httpx2.Response) -> bytes:
    body = b""
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > ANSWER_LIMIT:
            break
    return body[:ANSWER_LIMIT]


def _why(problem: Exception) -> str:
    """What goes into the log: never an address, which may be as good as a password."""
    if isinstance(problem, TryAgain | Refusal):
        return str(problem)
    return f"the receiver was not reached ({type(problem).__name__})"
