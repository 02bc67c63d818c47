"""A run cut into equal bins of time: what is counted, and how high a level rose, in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .account import Account
from .levels import Level
from .times import bin_width, per


class Grid(NamedTuple):
    """Bins of `width` seconds from `start` (epoch seconds); `minutes` are their edges, since the leak."""

    start: float
    width: float
    minutes: list[float]

    @property
    def each(self) -> str:
        """A bin as it follows “per”: `minute`."""
        return per(self.width)

    def counts(self, instants: Sequence[float]) -> list[int]:
        """How many of `instants` fall into each bin; the last one is closed, for runs end on an event."""
        bins = len(self.minutes) - 1
        places = (np.asarray(instants, dtype=float) - self.start) / self.width
        inside = places[(places >= 0) & (places <= bins)].astype(int)
        return [int(count) for count in np.bincount(np.minimum(inside, bins - 1), minlength=bins)]

    def totals(self, instants: Sequence[float]) -> list[int]:
        """How many of `instants` lie before the end of each bin."""
        return [int(total) for total in np.cumsum(self.counts(instants))]

    def peaks(self, level: Level) -> list[int]:
        """The highest that `level` was in each bin."""
        highest, now, place = [], 0, 0
        for index in range(len(self.minutes) - 1):
            end = self.start + (index + 1) * self.width
            top = now
            while place < len(level.steps) and level.steps[place][0] < end:
                now = level.steps[place][1]
                top = max(top, now)
                place += 1
            highest.append(top)
        return highest

    def steps(self, figures: Sequence[int]) -> list[dict[str, Any]]:
        """The bins' figures as a step line: `m` (minutes) and `n` where it turns, and at its end."""
        closed = [*figures, figures[-1]]
        return [
            {"m": self.minutes[index], "n": figure}
            for index, figure in enumerate(closed)
            if index in (0, len(closed) - 1) or figure != closed[index - 1]
        ]

    def table(self, columns: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
        """One row per bin with its first minute and the columns' figures."""
        return [
            {"minutes": minute} | {name: figures[index] for name, figures in columns.items()}
            for index, minute in enumerate(self.minutes[:-1])
        ]


def grid_over(account: Account) -> Grid:
    """The bins of a run: a minute each for up to seven hours, wider ones for longer runs."""
    span = account.end - account.start
    width = bin_width(span)
    bins = max(1, round(span / width))
    return Grid(account.start, width, [account.minute(account.start + index * width) for index in range(bins + 1)])
