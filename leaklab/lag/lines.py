"""One line per enforcement: what was measured, and what the simulation says beside it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from mock_api.core.enforcement import Push
from mock_api.core.errors import ViewStale
from policy_lab.history import Findings, Lags, Violation
from policy_lab.lag import Agreement, Delays, Plan, agreement, simulate
from policy_lab.lag.plan import ON_VICTIM

from .cases import Case
from .load import Summary
from .measuring import Measured, Work, measure
from .network import lognormal, spread
from .processes import started

MOST_SIMULATED = 150_000        # requests, so that simulating takes seconds
MOST_REPLICATIONS = 8
LATE = 0.05                     # seconds; a load whose p99 is sent later than this after its time is saturated
A_MOMENT = 0.001                # seconds; a delay that could not be measured

Verdict = Literal["kept", "broken", "not tested"]


class Side(Struct, frozen=True):
    """Measured or simulated: the time until the last gate refuses, every gate's lag (seconds), and the cost."""

    asked_after: int
    let_in_after: int
    asked_with_version: int
    violated: int
    worst: Lags
    by_gate: Lags
    work: Work


class Line(Struct, frozen=True):
    """One enforcement. `bound` in seconds; `redis` from publishing to receiving, where there was one."""

    name: str
    enforcement: str
    guarantee: str
    bound: float
    verdict: Verdict
    measured: Side
    simulated: Side
    agreement: Agreement
    agrees: bool
    saturated: bool
    unanswered: int
    stale: int                                     # requests refused because a gate had not heard for too long
    loads: list[Summary]
    acknowledgement: Lags
    question: Lags
    redis: Lags
    violations: list[Violation]


class Setting(Struct, frozen=True):
    """How to measure: gates, requests per second, seconds per enforcement, load processes, seed, Redis."""

    gates: int
    rate: float
    seconds: float
    loads: int
    seed: int
    redis: str | None


def measured_line(case: Case, setting: Setting, tick: Callable[[float], object]) -> Line:
    """Measure and simulate one enforcement; `tick` hears the share that is done. Raises Problem."""
    plan = case.plan(gates=setting.gates, rate=setting.rate, seconds=setting.seconds, seed=setting.seed)
    folder = Path(tempfile.mkdtemp(prefix="leaklab-lag-"))
    try:
        with started(plan, folder, setting.redis) as there:
            done = measure(plan, there, folder, setting.loads, lambda at: tick(at / plan.duration))
            measured = asyncio.run(done)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _line(case, plan, measured)


def _line(case: Case, plan: Plan, measured: Measured) -> Line:
    found = measured.findings
    replications = int(MOST_SIMULATED / (plan.rate * plan.duration))
    simulated = simulate(plan, delays(plan, measured), min(max(1, replications), MOST_REPLICATIONS))
    agrees = agreement(found, simulated.findings, resolution(plan))
    late = max(load.late_p99 for load in measured.loads)
    return Line(
        name=case.name,
        enforcement=str(type(case.enforcement).__struct_config__.tag),
        guarantee=case.enforcement.guarantee,
        bound=plan.bound,
        verdict="kept" if found.holds else "broken" if found.violated else "not tested",
        measured=_side(found, measured.work),
        simulated=_side(
            simulated.findings, Work(simulated.look_ups, simulated.messages, simulated.bytes_moved)
        ),
        agreement=agrees,
        agrees=agrees.holds,
        saturated=late > LATE or any(load.skipped for load in measured.loads),
        unanswered=found.unanswered,
        stale=found.refused_with(ViewStale.code),
        loads=measured.loads,
        acknowledgement=spread(measured.acknowledgements),
        question=spread(measured.network.answers),
        redis=spread(measured.network.redis),
        violations=found.violations[:10],
    )


def delays(plan: Plan, measured: Measured) -> Delays:
    """The delays to simulate with; what comes over server-sent events takes half of a question and its answer."""
    answers = measured.network.answers
    pushed = measured.network.redis if isinstance(plan.policy.enforcement, Push) else []
    return Delays(
        feed=lognormal(pushed or [seconds / 2 for seconds in answers], A_MOMENT),
        answer=lognormal(answers, A_MOMENT),
        acknowledge=lognormal(measured.acknowledgements, A_MOMENT),
        request=lognormal(measured.requests, A_MOMENT),
    )


def resolution(plan: Plan) -> float:
    """Mean seconds between two requests with the token whose turn it is, at one gate."""
    return len(plan.gate_names) / (plan.rate * ON_VICTIM)


def _side(found: Findings, work: Work) -> Side:
    return Side(
        found.asked_after, found.let_in_after, found.asked_with_version, found.violated, found.worst, found.by_gate,
        work,
    )
