"""Replications of a design point on all cores, and what they add up to.

The result depends on scenario, policy and seed alone: not on the number of processes, nor on which was
quicker. A replication that breaks is a value in its place, never a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from mock_api.core.policy import Policy

from .estimates import estimate
from .ledger import MEASURES, Ledger
from .replication import Failure, Replication, failed, play
from .scenario import Scenario

__all__ = [
    "DesignPoint", "DesignPointResult", "Failure", "Replication", "run_design_point", "run_replications",
    "summary", "values_of", "write_events",
]

Progress = Callable[[int, int], object]            # (replications done, replications in all)


class DesignPoint(Struct, frozen=True):
    """What is run: a scenario under a policy, with the seed of all luck."""

    scenario: Scenario
    policy: Policy
    seed: int


class DesignPointResult(Struct, frozen=True):
    """What a design point gave: its replications in order, and the events of the first."""

    scenario: Scenario
    policy: Policy
    seed: int
    replications: list[Replication]
    events: Sequence[object] = ()


def run_design_point(
    point: DesignPoint, replications: int | range, jobs: int = 1, progress: Progress | None = None,
) -> DesignPointResult:
    """`run_replications`, together with what was run."""
    results = run_replications(point.scenario, point.policy, point.seed, replications, jobs, progress)
    return DesignPointResult(
        point.scenario, point.policy, point.seed, results, results[0].events if results else (),
    )


def run_replications(
    scenario: Scenario, policy: Policy, seed: int, replications: int | range, jobs: int = 1,
    progress: Progress | None = None,
) -> list[Replication]:
    """Run a count of replications from 0, or just those of a range, on `jobs` processes; in order.

    The first keeps its events. `progress` is told after each. Raises ValueError for fewer than one job.
    """
    if jobs < 1:
        raise ValueError(f"jobs: there must be at least 1, got {jobs}")
    numbers = range(replications) if isinstance(replications, int) else replications
    tell = progress or (lambda _done, _all: None)
    point = DesignPoint(scenario, policy, seed)
    finished: dict[int, Replication] = {}
    for result in _results(point, numbers, jobs):
        finished[result.replication] = result
        tell(len(finished), len(numbers))
    return [finished[number] for number in numbers]


def summary(result: DesignPointResult) -> dict[str, Any]:
    """The content of `summary.json`: scenario, policy, seed, replications, and estimates by ledger field."""
    ledgers = [one.ledger for one in result.replications if one.ledger is not None]
    return {
        "scenario": result.scenario.name,
        "policy": result.policy.name,
        "seed": result.seed,
        "replications": [_entry(one) for one in result.replications],
        "estimates": {name: msgspec.to_builtins(estimate(values_of(ledgers, name))) for name in MEASURES},
    }


def values_of(ledgers: Sequence[Ledger], measure: str) -> list[float | None]:
    """One field of many ledgers."""
    return [getattr(ledger, measure) for ledger in ledgers]


def write_events(path: Path, events: Sequence[object]) -> None:
    """Write one JSON object per line, each with `type` and `at`; the same events give the same bytes."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(events))


def _entry(one: Replication) -> dict[str, Any]:
    if one.failure is None:
        return {"replication": one.replication, "ledger": msgspec.to_builtins(one.ledger)}
    return {
        "replication": one.replication, "ledger": None,
        "failure": {"error": one.failure.error, "replay": one.failure.replay},
    }


def _results(point: DesignPoint, numbers: range, jobs: int) -> Iterator[Replication]:
    """Every replication as it is ready. The first is played here, so that its events need not travel."""
    if not numbers:
        return
    first, others = numbers[0], numbers[1:]
    if jobs == 1 or not others:
        for number in numbers:
            yield play(point.scenario, point.policy, point.seed, number, keep=number == first)
        return
    lost: list[int] = []
    with _pool(min(jobs, len(others))) as pool:
        waiting = {_submit(pool, point, number): number for number in others}
        try:
            yield play(point.scenario, point.policy, point.seed, first, keep=True)
            for future in as_completed(waiting):
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(waiting[future])
                else:
                    yield _outcome(point, waiting[future], future)
        finally:
            pool.shutdown(cancel_futures=True)
    yield from _alone(point, sorted(lost))


def _alone(point: DesignPoint, numbers: Sequence[int]) -> Iterator[Replication]:
    """Each in a process of its own: a worker died and took its neighbours along; find the culprit."""
    for number in numbers:
        with _pool(1) as pool:
            future = _submit(pool, point, number)
            future.exception()
            yield _outcome(point, number, future)


def _submit(pool: ProcessPoolExecutor, point: DesignPoint, number: int) -> Future[Replication]:
    # `play` lives in a module of its own so that a worker does not load what only the summing up needs.
    return pool.submit(play, point.scenario, point.policy, point.seed, number)


def _outcome(point: DesignPoint, number: int, future: Future[Replication]) -> Replication:
    problem = future.exception()
    if problem is None:
        return future.result()
    return failed(point.scenario, point.policy, point.seed, number, problem)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Not fork: the parent may run threads (a progress bar), and a forked copy of a held lock stays held.
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(jobs, mp_context=get_context(method))
