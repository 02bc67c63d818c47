"""Levels over time: how many are waiting, seen only at the end of each instant."""

from __future__ import annotations


class Level:
    """A level as (instant, level) steps. What comes and goes within an instant leaves none."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, int]] = []

    def note(self, at: float, level: int) -> None:
        """From `at` on the level is `level`."""
        if self.steps and self.steps[-1][0] == at:
            self.steps.pop()
        self.steps.append((at, level))

    @property
    def highest(self) -> tuple[float, int]:
        """The first instant of the highest level, and that level; (0, 0) if there was none."""
        return max(self.steps, key=lambda step: step[1], default=(0.0, 0))
