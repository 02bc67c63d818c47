"""`leaklab report`: read a finished run again, or a live range."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leaklab.problems import Problem

from .listing import AsJson, show_one, show_rows


def report(
    folder: Annotated[Path, typer.Argument(help="The folder that `run` or `demo` wrote.")] = Path("out/demo"),
    live: Annotated[
        Path | None, typer.Option("--range", help="Read the ledger off this range's folder instead, running or not.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the ledger of a finished run with its intervals, and name its report page."""
    if live is not None:
        _report_range(live, as_json=as_json)
        return
    summary = read_summary(folder)
    points = summary.get("policies", [summary])
    if as_json:
        show_rows("", [
            {"policy": point["policy"], "figure": name, **estimate}
            for point in points for name, estimate in point["estimates"].items()
        ], as_json=True)
        return
    title = f"{summary['scenario']}, seed {summary['seed']}: mean ± half the 95 % interval"
    try:
        show_rows(title, _in_words(points), as_json=False)
    except ValueError as damage:
        raise _damaged(folder / "summary.json", damage) from None
    typer.echo(f"Report: {(folder / 'report.html').resolve()}")


def _in_words(points: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """A line for each figure and a column for each policy, with label and units as the report page has them."""
    import msgspec

    from policy_lab.estimates import Estimate
    from policy_lab.report.cells import mean
    from policy_lab.report.measures import MEASURES

    measured = [measure for measure in MEASURES if any(measure.name in point["estimates"] for point in points)]
    return [
        {"figure": measure.label} | {
            point["policy"]: mean(measure, msgspec.convert(point["estimates"][measure.name], Estimate))
            for point in points if measure.name in point["estimates"]
        }
        for measure in measured
    ]


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary that a run left in `folder`; raises Problem where there is none or it is damaged."""
    path = folder / "summary.json"
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        points = summary.get("policies", [summary])
        if not all({"policy", "estimates"} <= point.keys() for point in points) or "scenario" not in summary:
            raise ValueError("it is no summary of a run")
    except FileNotFoundError:
        raise Problem(f"{path} does not exist. Make it: leaklab run sora-2024 --out {folder}", exit_code=3) from None
    except (ValueError, TypeError, AttributeError) as damage:
        raise _damaged(path, damage) from None
    return dict(summary)


def _damaged(path: Path, damage: Exception) -> Problem:
    return Problem(f"{path} is damaged ({damage}). Run the command again that made it.", exit_code=3)


def _report_range(data: Path, *, as_json: bool) -> None:
    import msgspec

    from leaklab.live_log import live_ledger

    show_one(msgspec.to_builtins(live_ledger(data)), as_json=as_json)
