"""`leaklab docs`: the pages that are generated from the code, so that they cannot disagree with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a page is out of date.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the pages are.")] = Path("docs/reference"),
) -> None:
    """Write docs/reference/ from the code, or check that it is up to date."""
    from leaklab.documents import pages

    wanted = pages()
    stale = sorted(
        name
        for name, text in wanted.items()
        if not (out / name).exists() or (out / name).read_text(encoding="utf-8") != text
    )
    if out.exists():
        stale += sorted(
            name for path in out.rglob("*.md") if (name := path.relative_to(out).as_posix()) not in wanted
        )
    if check:
        if stale:
            typer.echo(f"Out of date under {out}: {', '.join(stale)}. Run: make docs", err=True)
            raise typer.Exit(1)
        typer.echo(f"{len(wanted)} generated pages are up to date.")
        return
    for name in stale:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        if name in wanted:
            (out / name).write_text(wanted[name], encoding="utf-8")
        else:
            (out / name).unlink()
    typer.echo(f"{len(stale)} of {len(wanted)} pages written to {out}.")
