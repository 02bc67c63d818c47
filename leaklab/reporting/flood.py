"""False leak reports at a set rate, for a set time, sent when they are due whether or not the last was answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

import httpx2

from .garbage import guesses
from .reporter import Reporter
from .scanner import batch_of

UNDER_WAY = 200   # batches without an answer beyond which the flood waits: then the range does not keep up
TIMEOUT = 30.0    # seconds for one answer


@dataclass(slots=True)
class Flooded:
    """What a flood came to. Spans are seconds; an answer's time counts from when its batch was due."""

    sent: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    true_positives: int = 0
    times: list[float] = field(default_factory=list)
    lasted: float = 0.0

    def quantile(self, share: float) -> float | None:
        """The time within which this share of the answers came, or None where none came."""
        if not self.times:
            return None
        return sorted(self.times)[min(len(self.times) - 1, ceil(share * len(self.times)) - 1)]


@dataclass(frozen=True, slots=True)
class Plan:
    """`rate` false reports a minute for `seconds`, `batch` of them in each request."""

    rate: float
    seconds: float
    batch: int

    @property
    def batches(self) -> int:
        """How many requests that makes."""
        return max(1, round(self.rate / 60.0 * self.seconds / self.batch))

    @property
    def pause(self) -> float:
        """Seconds from one request to the next."""
        return 60.0 * self.batch / self.rate


async def flood(reporter: Reporter, plan: Plan, on_progress: Callable[[int], object]) -> Flooded:
    """Send what `plan` says; `on_progress` hears how many reports have been sent so far."""
    told, loop = Flooded(), asyncio.get_running_loop()
    async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as http, asyncio.TaskGroup() as under_way:
        room = asyncio.Semaphore(UNDER_WAY)
        begun = loop.time()
        for number in range(plan.batches):
            due = begun + number * plan.pause
            await asyncio.sleep(max(0.0, due - loop.time()))
            await room.acquire()
            under_way.create_task(_send(http, reporter, plan.batch, due, told, room))
            told.sent += plan.batch
            on_progress(told.sent)
    told.lasted = max(loop.time() - begun, plan.batches * plan.pause)
    return told


async def _send(
    http: httpx2.AsyncClient, reporter: Reporter, batch: int, due: float, told: Flooded, room: asyncio.Semaphore
) -> None:
    body = batch_of(guesses(batch), reporter.place, reporter.source)
    try:
        answer = await http.post(reporter.url, content=body, headers=reporter.scanner.headers(body))
    except httpx2.TransportError as problem:
        told.answers[type(problem).__name__] += 1
    else:
        told.answers[str(answer.status_code)] += 1
        told.true_positives += answer.text.count('"true_positive"')
        told.times.append(asyncio.get_running_loop().time() - due)
    finally:
        room.release()
