"""`leaklab lag`: how late real gates refuse, and what the simulation says."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leaklab.problems import Problem, extra

from .listing import AsJson
from .names import enforcement_names

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from leaklab.lag.cases import Case
    from leaklab.lag.lines import Line, Setting

QUICK_SECONDS, QUICK_RATE = 3.0, 300.0


def lag(
    enforcement: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[,KEY=VALUE…]",
            help="What to measure, as often as wanted; default: every enforcement, with short parameters.",
            autocompletion=enforcement_names,
        ),
    ] = None,
    gates: Annotated[int, typer.Option(help="Gates in front, a process each.", min=1, max=64)] = 4,
    rate: Annotated[float, typer.Option(help="Requests per second on all gates together.", min=10)] = 600.0,
    seconds: Annotated[float, typer.Option(help="How long to measure each enforcement.", min=1)] = 30.0,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only a glance: 3 s for each enforcement at 300 requests per second.")
    ] = False,
    loads: Annotated[int, typer.Option(help="Load processes.", min=1, max=8)] = 1,
    redis: Annotated[
        str, typer.Option(metavar="URL|auto|none", help="Redis for push; auto: start one; none: server-sent events.")
    ] = "auto",
    seed: Annotated[int, typer.Option(help="Of the load's instants.", min=0)] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for lag.json and lag.md.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start gates, revoke tokens under load, and print per enforcement how late the last gate refused."""
    with extra("serve", "measure real gates"):
        import msgspec

        from leaklab.lag.cases import cases
        from leaklab.lag.lines import Setting
        from leaklab.lag.tables import page
    setting = Setting(
        gates, QUICK_RATE if quick else rate, QUICK_SECONDS if quick else seconds, loads, seed,
        None if redis == "none" else redis,
    )
    wanted = cases(enforcement or [])
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    lines = _measured(wanted, setting)
    if out is not None:
        (out / "lag.json").write_bytes(msgspec.json.format(msgspec.json.encode(lines)) + b"\n")
        (out / "lag.md").write_text(page(lines, setting), encoding="utf-8")
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(lines)).decode())
    else:
        _show(lines)
    broken = [line.name for line in lines if line.verdict != "kept"]
    if broken:
        raise Problem(f"The declared bound was not kept, or not put to the test: {', '.join(broken)}.", exit_code=1)


def _measured(wanted: list[Case], setting: Setting) -> list[Line]:
    from leaklab.lag.lines import measured_line

    with _progress() as bar:
        tasks = [bar.add_task(case.name, total=1.0) for case in wanted]
        return [
            measured_line(case, setting, partial(_tick, bar, task)) for case, task in zip(wanted, tasks, strict=True)
        ]


def _tick(bar: Progress, task: TaskID, done: float) -> None:
    bar.update(task, completed=done)


def _progress() -> Progress:
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description:>20}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True),
        transient=True, disable=not sys.stderr.isatty(),
    )


def _show(lines: list[Line]) -> None:
    from rich.console import Console
    from rich.table import Table

    from leaklab.lag.tables import COST, LATENESS, cost, lateness, remarks

    since = "How late gates refuse: median / p99 / longest since the acknowledgement"
    for title, headings, rows in ((since, LATENESS, lateness(lines)), ("And at what cost", COST, cost(lines))):
        table = Table(title=title)
        for number, heading in enumerate(headings):
            table.add_column(heading, justify="right" if number else "left", no_wrap=not number)  # Names stay whole.
        for row in rows:
            table.add_row(*row)
        Console(markup=False).print(table)
    for remark in remarks(lines):
        typer.echo(remark)
