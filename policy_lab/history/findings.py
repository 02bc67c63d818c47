"""What the checker found."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Literal

from msgspec import Struct, field

from .records import Request, Revocation


class Violation(Struct, frozen=True):
    """A request that should not have been let in, and by how many seconds it came too late for that.

    `late`: it started after the acknowledgement and the bound. `version`: it demanded a view that knew.
    """

    kind: Literal["late", "version"]
    request: Request
    revocation: Revocation
    by: float


class GateCounts(Struct):
    """What one gate answered; `asked_after` and `let_in_after`: on tokens whose revocation was acknowledged.

    `codes`: refusals by the code they gave.
    """

    asked: int = 0
    let_in: int = 0
    refused: int = 0
    unanswered: int = 0
    asked_after: int = 0
    let_in_after: int = 0
    codes: dict[str, int] = field(default_factory=dict)


class Lags(Struct, frozen=True):
    """A distribution of seconds; None where there was nothing to measure."""

    count: int
    median: float | None = None
    p99: float | None = None
    longest: float | None = None

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Lags:
        """The distribution of these; quantiles by nearest rank, so that each was measured."""
        if not seconds:
            return cls(0)
        ordered = sorted(seconds)
        return cls(len(ordered), _rank(ordered, 0.5), _rank(ordered, 0.99), ordered[-1])


class Findings(Struct):
    """The verdict on one history.

    `violations` holds the first of them, `violated` is how many there are. `asked_with_version`: requests that
    demanded a view which knew of their token's revocation. `lags`: for each revocation and gate the seconds from the
    acknowledgement to the last request that the gate let in on a token it covered, 0 where none was; `by_gate` is
    their distribution, `worst` that of the last gate of each revocation. A gate that was not asked after an
    acknowledgement tells nothing.
    """

    requests: int
    revocations: int
    asked_after: int
    let_in_after: int
    asked_with_version: int
    unanswered: int
    violated: int
    violations: list[Violation]
    gates: dict[str, GateCounts]
    lags: list[dict[str, float]]

    @property
    def by_gate(self) -> Lags:
        """Every gate's lag of every revocation."""
        return Lags.of([lag for lags in self.lags for lag in lags.values()])

    @property
    def worst(self) -> Lags:
        """Of every revocation the lag of its last gate."""
        return Lags.of([max(lags.values()) for lags in self.lags])

    @property
    def holds(self) -> bool:
        """Whether nothing was let in that should not have been.

        A history that put nothing to the test does not hold, nor one in which nobody was ever let in.
        """
        return self.violated == 0 and self.asked_after > 0 and self.let_in > 0

    def refused_with(self, code: str) -> int:
        """Refusals that gave this code."""
        return sum(counts.codes.get(code, 0) for counts in self.gates.values())

    @property
    def let_in(self) -> int:
        """Requests that were let in, before a revocation or after."""
        return sum(counts.let_in for counts in self.gates.values())


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
