"""The plan of asking and revoking, and what the simulation makes of it."""

from __future__ import annotations

from itertools import islice

import pytest
from msgspec.structs import replace

from mock_api.core.enforcement import (
    Cutoff,
    Enforcement,
    ExpiryOnly,
    Freshness,
    InProcess,
    Introspection,
    KeyRotation,
    Pull,
    Push,
    StatusLists,
)
from mock_api.core.policy import Policy, Quota
from policy_lab.history import Findings, check
from policy_lab.lag import Agreement, Delays, Plan, simulate
from policy_lab.lag.plan import WARM_UP
from policy_lab.lag.simulation import Simulation
from policy_lab.parts import LogNormal

FAST = LogNormal(median=0.001, sigma=0.3)
DELAYS = Delays(feed=FAST, answer=FAST, acknowledge=FAST, request=FAST)
AT_ONCE: list[Enforcement] = [InProcess(), Introspection()]
LATE: list[Enforcement] = [
    ExpiryOnly(), Introspection(ttl=1.0), Pull(every=1.0, timeout=1.0), Cutoff(every=1.0, timeout=1.0),
    StatusLists(ttl=1.0, timeout=1.0), KeyRotation(max_age=1.0, timeout=1.0), Freshness(every=1.0, timeout=1.0),
]


def plan(enforcement: Enforcement, **changes: object) -> Plan:
    lifetime = 1.2 if isinstance(enforcement, ExpiryOnly) else 3600.0
    policy = Policy(
        name="lag", enforcement=enforcement, token_lifetime=lifetime, quota=Quota(requests_per_minute=10**6)
    )
    made = Plan(policy=policy, gates=4, rate=200.0, revocations=8, cycle=2.3)
    return replace(made, **changes)


def kind(enforcement: Enforcement) -> str:
    return type(enforcement).__name__


def test_every_token_is_bought_and_then_revoked_in_its_turn() -> None:
    steps = plan(Push()).steps()

    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert [(step.token, step.what) for step in steps] == [
        (token, what) for token in range(8) for what in ("buy", "revoke")
    ]


def test_the_load_is_open_and_as_heavy_as_it_says() -> None:
    made = plan(Push(), revocations=200)
    asks = list(made.asks())

    assert len(asks) == pytest.approx(made.rate * (made.duration - WARM_UP), rel=0.03)
    assert {ask.gate for ask in asks} == {0, 1, 2, 3}
    assert all(0 <= ask.token < 200 for ask in asks)
    assert not any(ask.demands for ask in asks)


def test_load_processes_share_the_load_and_do_not_ask_the_same() -> None:
    made = plan(Push())
    one, other = (list(islice(made.asks(0.5, name), 50)) for name in ("/0", "/1"))

    assert {ask.at for ask in one}.isdisjoint(ask.at for ask in other)
    assert one == list(islice(made.asks(0.5, "/0"), 50))


def test_only_where_gates_look_at_it_a_version_is_demanded() -> None:
    demanding = [ask.demands for ask in plan(Freshness()).asks()]
    assert sum(demanding) / len(demanding) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("enforcement", [*AT_ONCE, Push(), *LATE], ids=kind)
def test_simulated_gates_keep_their_bound_and_were_put_to_the_test(enforcement: Enforcement) -> None:
    found = simulate(plan(enforcement), DELAYS).findings

    assert found.holds
    assert found.asked_after > 1000
    assert found.revocations == 8


@pytest.mark.parametrize("enforcement", AT_ONCE, ids=kind)
def test_who_asks_the_authority_each_time_lets_nothing_in_after_an_acknowledgement(enforcement: Enforcement) -> None:
    assert simulate(plan(enforcement), DELAYS).findings.let_in_after == 0


@pytest.mark.parametrize("enforcement", [each for each in LATE if not isinstance(each, Freshness)], ids=kind)
def test_who_fetches_is_late_by_less_than_its_bound(enforcement: Enforcement) -> None:
    made = plan(enforcement)
    found = simulate(made, DELAYS, replications=3).findings

    assert found.by_gate.median is not None
    assert found.worst.longest is not None
    assert 0.1 < found.by_gate.median < found.worst.longest <= made.bound


def test_whoever_carries_the_version_is_never_let_in() -> None:
    found = simulate(plan(Freshness(every=1.0, timeout=1.0)), DELAYS).findings

    assert found.asked_with_version > 500
    assert found.violated == 0


def test_a_lag_that_breaks_the_bound_is_a_violation_in_the_simulation_too() -> None:
    made = plan(Pull(every=1.0, timeout=1.0))
    simulation = Simulation(made, DELAYS, 0)
    simulation.run()

    strict: Findings = check(simulation.requests, simulation.revocations, 0.05)
    assert strict.violated > 0
    assert not strict.holds


def test_replications_fetch_at_other_instants() -> None:
    made = plan(Pull(every=1.0, timeout=1.0))
    assert len(simulate(made, DELAYS, replications=3).findings.lags) == 24
    assert len({tuple(sorted(lags.items())) for lags in simulate(made, DELAYS, 2).findings.lags}) > 8


@pytest.mark.parametrize(("measured", "simulated", "holds"), [
    (0.4, 0.45, True), (0.4, 0.51, False), (0.0, 0.0, True), (0.0, 0.004, True), (0.0, 0.1, False),
    (None, None, True), (None, 0.1, False),
])
def test_medians_agree_within_a_quarter_or_what_the_load_can_tell(
    measured: float | None, simulated: float | None, holds: bool
) -> None:
    assert Agreement(measured, simulated, resolution=0.005).holds == holds
