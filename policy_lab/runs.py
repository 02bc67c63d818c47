"""Replications of a design point, side by side on all cores, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from mock_api.core.policy import Policy

from .replication import Failure, Replication
from .scenario import Scenario

__all__ = ["DesignPointResult", "Failure", "Replication", "run_design_point", "run_replications", "summary", "write_events"]

Progress = Callable[[int, int], object]  # (replications done, replications in all)


class DesignPointResult(Struct, frozen=True):
    """Everything a design point gave: scenario × policy, seed, its replications, the events of the first."""

    scenario: Scenario
    policy: Policy
    seed: int
    replications: list[Replication]
    events: Sequence[object]


def run_replications(
    scenario: Scenario, policy: Policy, seed: int, replications: int | range, jobs: int = 1,
    progress: Progress | None = None,
) -> list[Replication]:
    """Run `replications` (a count, or a range of numbers) on `jobs` processes, in order, whatever `jobs` is."""
    raise NotImplementedError


def run_design_point(
    scenario: Scenario, policy: Policy, seed: int, replications: int | range, jobs: int = 1,
    progress: Progress | None = None,
) -> DesignPointResult:
    """`run_replications` with what it was run for."""
    raise NotImplementedError


def summary(result: DesignPointResult) -> dict[str, Any]:
    """The content of `summary.json`: scenario, policy, seed, replications, estimates."""
    raise NotImplementedError


def write_events(path: Path, events: Sequence[object]) -> None:
    """Write one JSON object per line, each with `type` and `at`."""
    raise NotImplementedError
