"""`leaklab doctor`: why it does not work, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from leaklab.problems import Problem
from leaklab.range_client import DEFAULT_DATA, Data

from .listing import AsJson, show_rows

if TYPE_CHECKING:
    from leaklab.checkup import Finding

PortApi = Annotated[int, typer.Option(envvar="LEAKLAB_PORT_API", help="The port the API wants.", min=0, max=65535)]
PortProxy = Annotated[
    int, typer.Option(envvar="LEAKLAB_PORT_PROXY", help="The port the front end wants.", min=0, max=65535)
]
Answering = Annotated[
    str | None, typer.Option(metavar="URL", help="Only check that this loopback address answers (for health checks).")
]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def doctor(
    data: Data = DEFAULT_DATA,
    port_api: PortApi = 8000,
    port_proxy: PortProxy = 8001,
    answering: Answering = None,
    as_json: AsJson = False,
) -> None:
    """Look at this machine and the range's folder; say what is wrong and what to do. Exit code 1 if anything is."""
    from leaklab.checkup import answers, of_machine, of_range

    def look() -> Iterator[Finding]:
        if answering is not None:
            _refuse_far(answering)
            yield answers(answering)
            return
        yield from of_machine(data, (port_api, port_proxy))
        yield from of_range(data)

    findings = list(look())
    if as_json:
        show_rows("Doctor", [finding._asdict() for finding in findings], as_json=True)
    else:
        _tell(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _tell(findings: list[Finding]) -> None:
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        typer.echo(f"{'ok ' if finding.well else '!! '} {finding.check:<{width}}  {finding.seen}")
        if not finding.well:
            typer.echo(f"    {'':<{width}}  → {finding.remedy}")


def _refuse_far(url: str) -> None:
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname if url.startswith("http://") else None
    except ValueError:
        host = None
    if host not in LOOPBACK:
        raise Problem(f"{url} is not on this machine; doctor asks loopback addresses only.", exit_code=2)
