"""`leaklab demo`: the November 2024 incident under three policies, in one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mock_api.core.policy import Policy
from policy_lab.files import load
from policy_lab.scenario import Scenario

from .playing import all_cores, play, write
from .run import Jobs, Seed

SCENARIO = "sora-2024"
POLICIES = ("as-it-happened", "revoke-one", "hold-outputs")


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the report and its data.", envvar="LEAKLAB_OUT")] = Path("out/demo"),
    seed: Seed = 1,
    replications: Annotated[int, typer.Option(help="Runs of each policy.", min=1, max=100_000)] = 5,
    jobs: Jobs = 0,
) -> None:
    """Replay the November 2024 incident under three policies and name the report."""
    results = play(
        load(Scenario, SCENARIO), [load(Policy, name) for name in POLICIES],
        seed=seed, replications=replications, jobs=jobs or all_cores(),
    )
    page = write(out, results, f"leaklab demo --seed {seed} --replications {replications}")
    typer.echo(f"Report: {page.resolve()}")
