"""The render queue: first come, first served, `capacity` clips at once (M/G/c in Kendall's notation).

`RenderLine` is the bare state; whoever keeps the time moves it, as `rendering.py` does by events.
`RenderQueue` keeps the time itself and is used on its own. That it and the events agree is tested.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from heapq import heappop, heappush
from math import log
from random import Random
from typing import Literal, NamedTuple

from .policy import RenderModel

TURBO_SPEED = 2.0       # a model whose name ends in `-turbo` renders twice as fast
MODERATION_READS = 0.1  # share of the render after which moderation ends it; so long it occupies capacity
NEVER = float("inf")


def draw_service(model: RenderModel, seconds: str, name: str, stream: Random) -> float:
    """Service time (seconds) of a clip of `seconds` by the video model `name`: log-normal."""
    median = model.seconds_per_clip_second * float(seconds)
    if name.endswith("-turbo"):
        median /= TURBO_SPEED
    return stream.lognormvariate(log(median), model.service_sigma)


class RenderLine:
    """Who waits, in order, and who renders. A capacity cut lets running renders end."""

    __slots__ = ("capacity", "running", "waiting")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        # Not a dict: taking the first of a dict again and again scans over the holes it left (quadratic).
        self.waiting: OrderedDict[str, None] = OrderedDict()
        self.running: set[str] = set()

    def __len__(self) -> int:
        return len(self.waiting) + len(self.running)

    def join(self, key: str) -> None:
        """Wait at the end of the line."""
        self.waiting[key] = None

    def head(self) -> str | None:
        """Who may start now: the first in line if there is room, else None."""
        return next(iter(self.waiting)) if self.waiting and len(self.running) < self.capacity else None

    def start(self, key: str) -> None:
        """Leave the line and occupy capacity."""
        del self.waiting[key]
        self.running.add(key)

    def leave(self, key: str) -> None:
        """Be gone: finished, failed or cancelled, waiting or running."""
        self.waiting.pop(key, None)
        self.running.discard(key)


class Passage(NamedTuple):
    """What happened to a job: it started or finished `at` (seconds)."""

    at: float
    key: str
    what: Literal["started", "finished"]


class RenderQueue:
    """A FIFO queue with `capacity` servers that is settled on demand; jobs must join in time order."""

    __slots__ = ("_freed_at", "_running", "_sequence", "_waiting", "capacity")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._waiting: deque[tuple[float, str, float]] = deque()     # (joined at, key, service)
        self._running: list[tuple[float, int, str]] = []             # heap of (finishes at, sequence, key)
        self._freed_at = float("-inf")                               # when there was last no room, no longer
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self._running)

    def join(self, key: str, service: float, at: float) -> None:
        """Join at instant `at` with a service time of `service` seconds."""
        self._waiting.append((at, key, service))

    def change_capacity(self, capacity: int, at: float) -> list[Passage]:
        """Render `capacity` clips at once from `at` on; what happened until then is returned."""
        passages = self.settle(at)
        self.capacity, self._freed_at = capacity, at
        return passages

    def settle(self, now: float) -> list[Passage]:
        """Every start and finish up to and including `now`, in time order; finishes before starts."""
        passages: list[Passage] = []
        waiting, running = self._waiting, self._running
        while True:
            start_at = self._start_at() if waiting and len(running) < self.capacity else NEVER
            if running and running[0][0] <= start_at and running[0][0] <= now:
                self._freed_at, _, key = heappop(running)
                passages.append(Passage(self._freed_at, key, "finished"))
            elif start_at <= now:
                _, key, service = waiting.popleft()
                self._sequence += 1
                heappush(running, (start_at + service, self._sequence, key))
                passages.append(Passage(start_at, key, "started"))
            else:
                return passages

    def _start_at(self) -> float:
        """When the first in line starts, as there is room."""
        return max(self._waiting[0][0], self._freed_at)
