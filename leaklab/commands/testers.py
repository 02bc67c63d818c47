"""`leaklab testers`: the people of the programme."""

from __future__ import annotations

from typing import Annotated

import typer

from leaklab.range_client import DEFAULT_DATA, ApiUrl, Data, RangeClient

from .listing import AsJson, show_one, show_rows

app = typer.Typer(help="List or invite the testers of a running range.", no_args_is_help=True)


@app.command("list")
def list_testers(data: Data = DEFAULT_DATA, url: ApiUrl = None, as_json: AsJson = False) -> None:
    """List the testers."""
    with RangeClient(data, url) as client:
        testers = client.get("/admin/testers")["data"]
    show_rows("Testers", testers, as_json=as_json, columns=("tester_id", "name", "cohort", "state", "last_token_at"))


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="Who is invited.")],
    cohort: Annotated[str, typer.Option(help="The cohort they join.")] = "artists",
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Invite one tester; prints the tester key, which is shown this once."""
    with RangeClient(data, url) as client:
        show_one(client.post("/admin/testers", {"name": name, "cohort": cohort}), as_json=as_json)
