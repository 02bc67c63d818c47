"""The pulses of a push feed as one gate hears them, worked out when somebody asks and not one by one."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from mock_api.core.enforcement.questions import Pulse

from .answers import size

if TYPE_CHECKING:
    from .link import Link

BACK = 64              # pulses looked back at for one that has arrived


class Feed:
    """What the authority has published: where its feed stood when. One for all gates."""

    def __init__(self, name: str, seq: int, at: float) -> None:
        self.name = name
        self._instants = [at]
        self._seqs = [seq]

    def published(self, seq: int, at: float) -> None:
        """Notice `seq` went out at `at`."""
        self._instants.append(at)
        self._seqs.append(seq)

    def pulse(self, at: float) -> Pulse:
        """The pulse of the instant `at`."""
        if at >= self._instants[-1]:
            return Pulse(self.name, self._seqs[-1], at)
        return Pulse(self.name, self._seqs[max(0, bisect_right(self._instants, at) - 1)], at)


class Pulses:
    """A sign of life every `every` seconds from the start on."""

    def __init__(self, feed: Feed, link: Link, every: float) -> None:
        self.every = every
        self._feed, self._link = feed, link
        self._start = 0.0
        self._settled = -1                         # up to this one, all were heard, overtaken or lost

    def start(self, at: float) -> None:
        """The first pulse goes out at `at`."""
        self._start = at

    def newest(self, now: float, not_before: float) -> tuple[Pulse, float] | None:
        """The newest pulse that arrived by `now` and was not heard yet, and when it did.

        A pulse does not overtake a notice sent before it; the newest of those arrives at `not_before`.
        """
        number = settled = int((now - self._start) / self.every)
        for candidate in range(number, max(self._settled, number - BACK), -1):
            sent_at = self._start + candidate * self.every
            takes = self._link.pulse_takes(candidate, sent_at)
            if takes is None:
                continue
            arrived_at = max(sent_at + takes, min(not_before, now))
            if arrived_at <= now:
                self._settled = candidate
                return self._feed.pulse(sent_at), arrived_at
            settled = candidate - 1                # This one is on its way.
        self._settled = max(settled, self._settled)
        return None

    def delivered(self, now: float) -> tuple[int, int, int]:
        """Pulses delivered and lost up to `now`, and their bytes."""
        sent = int((now - self._start) / self.every) + 1
        lost = sum(
            self._link.pulse_takes(number, self._start + number * self.every) is None for number in range(sent)
        )
        return sent - lost, lost, (sent - lost) * size(self._feed.pulse(now))
