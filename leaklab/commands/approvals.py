"""`leaklab approvals`: the queue that every output waits in."""

from __future__ import annotations

import getpass
import json
from typing import Annotated

import typer

from ..range_client import DEFAULT_DATA, ApiUrl, Data, RangeClient
from .listing import AsJson, show_rows

app = typer.Typer(help="Look at and work the approval queue of a running range.", no_args_is_help=True)

Video = Annotated[str, typer.Argument(help="The video's id, from `leaklab approvals list`.")]
Reviewer = Annotated[str | None, typer.Option(help="Who decides; default: your login name.", envvar="LEAKLAB_REVIEWER")]


@app.command("list")
def list_approvals(
    state: Annotated[str | None, typer.Option(help="Only this state, for example held or claimed.")] = None,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for approval, oldest first."""
    with RangeClient(data, url) as client:
        show_rows("Approvals", client.get("/admin/approvals", state=state)["data"], as_json=as_json)


@app.command()
def approve(video_id: Video, reviewer: Reviewer = None, data: Data = DEFAULT_DATA, url: ApiUrl = None) -> None:
    """Agree that an output leaves."""
    _decide(video_id, "approve", reviewer, {}, data, url)


@app.command()
def reject(
    video_id: Video,
    reason: Annotated[str, typer.Option(help="Kept with the rejection and told to the tester.")],
    reviewer: Reviewer = None,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
) -> None:
    """Refuse an output."""
    _decide(video_id, "reject", reviewer, {"reason": reason}, data, url)


def _decide(video_id: str, decision: str, reviewer: str | None, more: dict[str, object], data: Data, url: str | None) -> None:
    who = {"reviewer": reviewer or getpass.getuser()}
    with RangeClient(data, url) as client:
        client.post(f"/admin/approvals/{video_id}/claim", {**who})
        typer.echo(json.dumps(client.post(f"/admin/approvals/{video_id}/{decision}", {**who, **more}), indent=2))
