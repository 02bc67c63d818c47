"""Publishes the notice board in Redis: a stream of notices numbered as the feed is, and a stream of pulses.

Redis may die and come back, also empty: nothing here is the only copy. Gates notice what is missing by the numbers,
and ask the authority itself.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from mock_api.core.authority import Authority
from mock_api.http.gate_settings import PushChannels

from .notice_board import NoticeBoard

if TYPE_CHECKING:
    from redis.asyncio import Redis

NOTICES_KEPT, PULSES_KEPT = 100_000, 16
BACKOFF = (0.05, 0.1, 0.2, 0.5)  # seconds between attempts to reach Redis; the last one from then on
PATIENCE = 2.0                   # seconds without an answer are a lost connection

_log = logging.getLogger("leaklab.web")


def channels(authority: Authority) -> PushChannels:
    """The streams of this range's feed."""
    name = f"leaklab:{authority.feed.name}"
    return PushChannels(f"{name}:notices", f"{name}:pulses")


async def publish(board: NoticeBoard, streams: PushChannels, url: str) -> None:
    """Publish until cancelled; whatever happens to Redis, the authority goes on without it."""
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra.
    from redis.exceptions import RedisError  # noqa: PLC0415

    failures, seq = 0, board.seq
    while True:
        # No `socket_timeout`: redis-py would wait with `asyncio.wait_for`, which before Python 3.12 may swallow a
        # cancellation, and this would go on for ever.
        redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=None, socket_connect_timeout=PATIENCE, retry=None
        )
        publication = Publication(board, streams, redis, seq)
        try:
            async with asyncio.timeout(PATIENCE):
                await publication.resume()
            if failures:
                _log.warning("Redis answers again; notices go out.")
            failures = 0
            await publication.go_on()
        except (RedisError, OSError, TimeoutError) as problem:
            if not failures:
                why = type(problem).__name__
                _log.warning("Redis cannot be reached (%s); gates listen to the authority instead.", why)
            failures += 1
        finally:
            seq = publication.seq
            await redis.aclose()
        await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF)) - 1])


class Publication:
    """One connection's worth of publishing, from behind the notice `seq` on."""

    def __init__(self, board: NoticeBoard, streams: PushChannels, redis: Redis, seq: int) -> None:
        self._board, self._streams, self._redis = board, streams, redis
        self.seq = seq

    async def resume(self) -> None:
        """Go back to where Redis is, if it missed some that it was given; one that is empty now is not filled again.

        A stream that is ahead of the board tells what a restored backup has undone, and would take no number again.
        """
        newest = await self._redis.xrevrange(self._streams.notices, count=1)
        if newest:
            there = int(str(newest[0][0]).partition("-")[0])
            if there > self._board.seq:
                await self._redis.delete(self._streams.notices)
            self.seq = min(self.seq, there)

    async def go_on(self) -> None:
        """Put out every notice as the board has it, and a pulse at every beat."""
        news = asyncio.Event()
        unfollow = self._board.follow(news.set)
        loop = asyncio.get_running_loop()
        beat = loop.time()
        try:
            while True:
                news.clear()
                async with asyncio.timeout(PATIENCE):
                    await self._put_notices()
                    if loop.time() >= beat:
                        beat = loop.time() + self._board.pulse_every
                        await self._put_pulse()
                try:
                    async with asyncio.timeout_at(beat):
                        await news.wait()
                except TimeoutError:
                    continue
        finally:
            unfollow()

    async def _put_notices(self) -> None:
        """A notice has its number for an id, so putting it twice changes nothing."""
        notices, newest = self._board.beyond(self.seq), self._board.seq  # More may come while these are put out.
        if notices:
            pipeline = self._redis.pipeline(transaction=False)
            for notice in notices:
                pipeline.xadd(
                    self._streams.notices, {"notice": msgspec.json.encode(notice)}, id=f"{notice.seq}-0",
                    maxlen=NOTICES_KEPT, approximate=True,
                )
            _raise_but_for_known(await pipeline.execute(raise_on_error=False))
        self.seq = max(self.seq, newest)

    async def _put_pulse(self) -> None:
        await self._redis.xadd(
            self._streams.pulses, {"pulse": msgspec.json.encode(self._board.pulse())}, maxlen=PULSES_KEPT,
            approximate=False,
        )


def _raise_but_for_known(answers: list[object]) -> None:
    """Raise the first error that is not Redis' word for an id that it has already, or has passed."""
    from redis.exceptions import ResponseError  # noqa: PLC0415

    for each in answers:
        if isinstance(each, ResponseError) and "equal or smaller" in str(each):
            continue
        if isinstance(each, Exception):
            raise each
