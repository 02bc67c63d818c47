"""`leaklab bench`: measure what there is to compare, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leaklab.problems import extra

from .listing import AsJson

if TYPE_CHECKING:
    from leaklab.costs.measuring import Costs

app = typer.Typer(no_args_is_help=True, help="Measure what there is to compare, on this machine.")


@app.callback()
def _bench() -> None:
    pass


@app.command("cost", short_help="Memory, work, messages and time per enforcement.")
def cost(
    largest: Annotated[
        int, typer.Option(help="Stop at so many tokens; 1000, 10 000, 100 000, 1 000 000 are tried.", min=1000)
    ] = 1_000_000,
    out: Annotated[Path | None, typer.Option(help="Write the page there (Markdown), and JSON beside it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fill a range with tokens, revoke them in every form, and print what it cost; some minutes for a million."""
    with extra("serve", "measure the recovery from a journal"):
        import msgspec

        from leaklab.costs.measuring import SIZES
        from leaklab.costs.tables import page
    costs = _measured([size for size in SIZES if size <= largest])
    as_text = msgspec.json.format(msgspec.json.encode(costs)).decode()
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page(costs), encoding="utf-8")
        out.with_suffix(".json").write_text(as_text + "\n", encoding="utf-8")
    typer.echo(as_text if as_json else page(costs))


def _measured(sizes: list[int]) -> Costs:
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from leaklab.costs.measuring import STEPS, measured

    with Progress(
        TextColumn("{task.description:>40}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True),
        transient=True, disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task("begins", total=STEPS * len(sizes) + 1)
        return measured(sizes, lambda step: bar.update(task, description=step, advance=1))
