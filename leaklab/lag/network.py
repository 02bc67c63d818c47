"""What the network of this machine takes while it is under load: questions to the authority, Redis from end to end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import log
from statistics import median, pstdev
from time import perf_counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policy_lab.history import Lags
from policy_lab.parts import LogNormal

from .connections import Pool, request

if TYPE_CHECKING:
    from redis.asyncio import Redis

EVERY = 0.05           # seconds between two measurements
STREAM = "leaklab-lag"


class Network(Struct):
    """Seconds, as measured: of a question to the authority and its answer, of a message through Redis, one way."""

    answers: list[float]
    redis: list[float]


async def watch(authority: str, redis_url: str | None, found: Network) -> None:
    """Measure until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_ask(authority, found.answers))
        if redis_url is not None:
            tasks.create_task(_publish(redis_url, found.redis))


def lognormal(samples: Sequence[float], otherwise: float) -> LogNormal:
    """The log-normal delay with the samples' median and log-sd; `otherwise` seconds where there are none."""
    positive = [sample for sample in samples if sample > 0.0]
    if not positive:
        return LogNormal(median=otherwise)
    return LogNormal(median=median(positive), sigma=min(2.0, pstdev(log(sample) for sample in positive)))


def spread(samples: Sequence[float]) -> Lags:
    """The samples' distribution."""
    return Lags.of(samples)


async def _ask(authority: str, found: list[float]) -> None:
    pool, question = Pool(authority), request("GET", "/.well-known/jwks.json")
    try:
        while True:
            sent, answered, status, _ = await pool.ask(question)
            if status == 200:
                found.append(answered - sent)
            await asyncio.sleep(EVERY)
    finally:
        pool.close()


async def _publish(url: str, found: list[float]) -> None:
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra.

    writer, reader = Redis.from_url(url), Redis.from_url(url)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_listen(reader, found))
            while True:
                await asyncio.sleep(EVERY)
                await writer.xadd(STREAM, {"at": repr(perf_counter())}, maxlen=16)
    finally:
        await writer.aclose()
        await reader.aclose()


async def _listen(reader: Redis, found: list[float]) -> None:
    newest: Any = "$"
    while True:
        answer: Any = await reader.xread({STREAM: newest}, block=1000)
        for _, entries in answer or ():
            for identity, entry in entries:
                newest = identity
                found.append(perf_counter() - float(entry[b"at"]))
