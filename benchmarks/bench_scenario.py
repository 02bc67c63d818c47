"""How fast the incident is played: `sora-2024`, three and a half hours and 300 testers, on one core.

Rates are per second of processor time, so that neighbours on the machine count little; medians over replications.
"""

from __future__ import annotations

import time
from statistics import median

from mock_api.core.policy import Policy
from policy_lab.files import load
from policy_lab.ledger import read_ledger
from policy_lab.scenario import Scenario
from policy_lab.world import World

from .rows import Row

REPLICATIONS = 7
POLICIES = ("as-it-happened", "hold-outputs")


def measure() -> list[Row]:
    """Events per second of playing, seconds per incident, and what reading the ledger adds."""
    scenario = load(Scenario, "sora-2024")
    policies = [load(Policy, name) for name in POLICIES]
    played: list[tuple[int, int, float, float]] = []
    World(scenario, policies[0], 1, REPLICATIONS).run()  # Caches and imports are warm from here on.
    for replication in range(REPLICATIONS):
        for policy in policies:
            begun = time.process_time()
            run = World(scenario, policy, 1, replication).run()
            ran = time.process_time()
            read_ledger(run.events, scenario)
            played.append((len(run.events), run.steps, ran - begun, time.process_time() - ran))
    return [
        Row("scenario: events", median(count / ran for count, _, ran, _ in played), 150_000, unit="/s"),
        Row("scenario: agenda steps", median(steps / ran for _, steps, ran, _ in played), unit="/s"),
        Row("scenario: one incident", median(ran for _, _, ran, _ in played), 1.0, "lower", "s"),
        Row("scenario: its ledger", median(read for _, _, _, read in played), unit="s"),
    ]
