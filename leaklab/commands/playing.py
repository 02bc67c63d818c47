"""Plays design points with a progress bar, for `run` and `demo` alike."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mock_api.core.policy import Policy
from policy_lab.report import ReportError, write_report
from policy_lab.runs import DesignPoint, DesignPointResult, run_design_point
from policy_lab.scenario import Scenario

from ..problems import Problem


def play(scenario: Scenario, policies: Sequence[Policy], *, seed: int, replications: int, jobs: int) -> list[DesignPointResult]:
    """Run every policy on `scenario`, `replications` times each, on the same luck."""
    bar = Progress(
        TextColumn("{task.description:>24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )
    with bar:
        tasks = [bar.add_task(policy.name, total=replications) for policy in policies]
        return [
            run_design_point(
                DesignPoint(scenario, policy, seed), replications, jobs,
                progress=lambda done, _all, task=task: bar.update(task, completed=done),  # type: ignore[misc]
            )
            for task, policy in zip(tasks, policies, strict=True)
        ]


def write(out: Path, results: list[DesignPointResult], command: str) -> Path:
    """Write the report and its data into `out` and return the page."""
    try:
        return write_report(out, results, command)
    except ReportError as problem:
        raise Problem(str(problem)) from None


def all_cores() -> int:
    """How many processes run at once unless told otherwise."""
    return os.cpu_count() or 1
