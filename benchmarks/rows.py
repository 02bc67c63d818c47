"""What a measurement says: one row per figure, with its target where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Literal, NamedTuple

RATIO = "×"


class NotMeasured(Exception):
    """Something is missing here; the sentence names it and how to get it."""


class Row(NamedTuple):
    """One figure; a ratio has the unit ×, and `better` says on which side of the target it should be."""

    what: str
    value: float
    target: float | None = None
    better: Literal["higher", "lower"] = "higher"
    unit: str = RATIO

    @property
    def missed(self) -> bool:
        """Whether it has a target and is on the wrong side of it."""
        if self.target is None:
            return False
        return self.value < self.target if self.better == "higher" else self.value > self.target

    def cells(self) -> tuple[str, str, str, str]:
        """What, value, target and verdict in words."""
        value = f"{_digits(self.value)} {self.unit}"
        if self.target is None:
            return self.what, value, "", ""
        sign = "≥" if self.better == "higher" else "≤"
        return self.what, value, f"{sign} {_digits(self.target)}", "MISSED" if self.missed else "met"


def rows_of(name: str) -> list[Row]:
    """The rows of the measurement in `bench_{name}.py`; raises NotMeasured."""
    rows: list[Row] = import_module(f"benchmarks.bench_{name}").measure()
    return rows


def table(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """A Markdown table that reads well as plain text too."""
    lines = [("what", "measured", "target", "verdict"), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    padded.insert(1, ["-" * width for width in widths])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in padded)


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
