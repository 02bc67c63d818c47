"""`leaklab demo`: the November 2024 incident under three policies, in one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .run import Jobs, Seed

SCENARIO = "sora-2024"
POLICIES = ("as-it-happened", "revoke-one", "hold-outputs")


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the report and its data.", envvar="LEAKLAB_OUT")] = Path(
        "out/demo"
    ),
    seed: Seed = 1,
    replications: Annotated[int, typer.Option(help="Runs of each policy.", min=1, max=100_000)] = 5,
    jobs: Jobs = 0,
) -> None:
    """Replay the November 2024 incident under three policies and name the report."""
    from leaklab.playing import play_and_report

    command = f"leaklab demo --seed {seed} --replications {replications}"
    play_and_report(out, SCENARIO, POLICIES, seed=seed, replications=range(replications), jobs=jobs, command=command)
