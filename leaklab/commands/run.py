"""`leaklab run`: one scenario under one policy, as often as asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mock_api.core.policy import Policy
from policy_lab.files import load
from policy_lab.scenario import Scenario

from .playing import all_cores, play, write

Seed = Annotated[int, typer.Option(help="Same seed, same log.", envvar="LEAKLAB_SEED", min=0)]
Jobs = Annotated[int, typer.Option(help="Processes at once; 0: one per core.", envvar="LEAKLAB_JOBS", min=0)]


def run(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or the path of a scenario file.")],
    policy: Annotated[str, typer.Option(help="A policy's name, or the path of a policy file.", envvar="LEAKLAB_POLICY")] = "as-it-happened",
    seed: Seed = 1,
    replications: Annotated[int, typer.Option(help="Independent runs.", envvar="LEAKLAB_REPLICATIONS", min=1, max=1_000_000)] = 1,
    jobs: Jobs = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for the report and its data.", envvar="LEAKLAB_OUT")] = None,
) -> None:
    """Play SCENARIO under a policy; write summary.json, events.jsonl and report.html."""
    story, response = load(Scenario, scenario), load(Policy, policy)
    folder = out or Path("out") / story.name / response.name
    results = play(story, [response], seed=seed, replications=replications, jobs=jobs or all_cores())
    command = f"leaklab run {scenario} --policy {policy} --seed {seed} --replications {replications}"
    page = write(folder, results, command)
    typer.echo(f"Report: {page}")
