"""`leaklab report`: read a finished run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..problems import Problem
from .listing import AsJson, show_rows


def report(
    folder: Annotated[Path, typer.Argument(help="The folder that `run` or `demo` wrote.")] = Path("out/demo"),
    as_json: AsJson = False,
) -> None:
    """Print the ledger of a finished run with its intervals, and name its report page."""
    summary = read_summary(folder)
    rows = []
    for point in summary.get("policies", [summary]):
        for name, estimate in point["estimates"].items():
            rows.append({"policy": point["policy"], "figure": name, **estimate})
    show_rows(f"{summary['scenario']}, seed {summary['seed']}", rows, as_json=as_json,
              columns=("policy", "figure", "mean", "half_width", "median", "replications"))
    if not as_json:
        typer.echo(f"Report: {(folder / 'report.html').resolve()}")


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary that a run left in `folder`; raises Problem where there is none or it is damaged."""
    path = folder / "summary.json"
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        if "scenario" not in summary:
            raise ValueError("it has no scenario")
    except FileNotFoundError:
        raise Problem(f"{path} does not exist. Make it with: leaklab run sora-2024 --out {folder}", exit_code=3) from None
    except (ValueError, TypeError) as damage:
        raise Problem(f"{path} is damaged ({damage}). Run the command again that made it.", exit_code=3) from None
    return dict(summary)
