"""What lies between one gate and the authority: delays, losses, partitions. Each kind of message has its own luck."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random

from policy_lab.parts import Gates, LogNormal
from policy_lab.streams import Streams

PULSES_DRAWN = 4099  # the luck of the pulses repeats after so many; a prime, so that it meets no other rhythm


class Link:
    """The way between gate number `number` and the authority. Instants are epoch seconds of the agenda."""

    def __init__(self, plan: Gates, number: int, streams: Streams, opened_at: float) -> None:
        self._plan = plan
        self._cuts = [
            (opened_at + cut.after, opened_at + cut.after + cut.lasts)
            for cut in plan.partitions if cut.gate == number
        ]
        self._notices, self._questions, self._waiting = (
            streams.stream(f"gate/{number}/{of}") for of in ("notices", "questions", "requests")
        )
        self.skew = streams.stream(f"gate/{number}/clock").gauss(0.0, plan.skew) if plan.skew else 0.0
        self.phase = streams.stream(f"gate/{number}/phase").random()
        self._pulses = pulses(plan, streams.stream(f"gate/{number}/pulses"))

    def is_cut(self, at: float) -> bool:
        """Whether a partition lies between them."""
        return any(start <= at < end for start, end in self._cuts)

    def notice_takes(self, at: float) -> float | None:
        """Seconds until a notice sent at `at` arrives; None: it never does."""
        return self._takes(self._plan.feed_delay, self._notices, at)

    def answer_takes(self, at: float) -> float | None:
        """Seconds from a question asked at `at` to its answer; None: there is none."""
        return self._takes(self._plan.answer_delay, self._questions, at)

    def is_answered(self, at: float) -> bool:
        """Whether a question that a request waits for at `at` finds an answer."""
        answered = self._plan.loss == 0.0 or self._waiting.random() >= self._plan.loss
        return answered and not (self._cuts and self.is_cut(at))

    def pulse_takes(self, number: int, at: float) -> float | None:
        """Seconds until pulse `number`, sent at `at`, arrives; None: it never does."""
        if self._cuts and self.is_cut(at):
            return None
        return self._pulses[number % PULSES_DRAWN]

    def _takes(self, delay: LogNormal, stream: Random, at: float) -> float | None:
        takes = drawn(delay, self._plan.loss, stream)  # Drawn in a partition too: what follows has the same luck.
        return None if self._cuts and self.is_cut(at) else takes


def drawn(delay: LogNormal, loss: float, stream: Random) -> float | None:
    """A delay in seconds, or None for a loss: always two draws."""
    lost = stream.random() < loss
    takes = delay.median * exp(delay.sigma * stream.gauss(0.0, 1.0))
    return None if lost else takes


def pulses(plan: Gates, stream: Random) -> Sequence[float | None]:
    """The delays of `PULSES_DRAWN` pulses."""
    return [drawn(plan.feed_delay, plan.loss, stream) for _ in range(PULSES_DRAWN)]
