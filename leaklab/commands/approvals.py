"""`leaklab approvals`: the queue that every output waits in."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from leaklab.problems import Problem
from leaklab.range_client import DEFAULT_DATA, ApiUrl, Data, RangeClient, quoted

from .listing import AsJson, show_one, show_rows

app = typer.Typer(help="Look at and work the approval queue of a running range.", no_args_is_help=True)

Video = Annotated[str, typer.Argument(help="The video's id, from `leaklab approvals list`.")]
Reviewer = Annotated[str | None, typer.Option(help="Who decides; default: your login name.", envvar="LEAKLAB_REVIEWER")]


@app.command("list")
def list_approvals(
    state: Annotated[str | None, typer.Option(help="Only this state, for example held or claimed.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 100,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for approval, oldest first."""
    with RangeClient(data, url) as client:
        waiting = client.get("/admin/approvals", state=state, limit=limit)["data"]
    show_rows(
        "Approvals", waiting, as_json=as_json, columns=("video_id", "state", "finished_at", "reviewer", "tester_id")
    )


@app.command()
def approve(
    video_id: Video,
    reviewer: Reviewer = None,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Agree that an output leaves."""
    with RangeClient(data, url) as client:
        show_one(_decide(client, video_id, "approve", {"reviewer": _who(reviewer)}), as_json=as_json)


@app.command()
def reject(
    video_id: Video,
    reason: Annotated[str, typer.Option(help="Kept with the rejection and told to the tester.")],
    reviewer: Reviewer = None,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Refuse an output."""
    with RangeClient(data, url) as client:
        decision: dict[str, object] = {"reviewer": _who(reviewer), "reason": reason}
        show_one(_decide(client, video_id, "reject", decision), as_json=as_json)


@app.command()
def release(
    video_id: Video,
    reason: Annotated[str, typer.Option(help="Kept with the release.")],
    reviewer: Reviewer = None,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Lift the quarantine of an output; what was revoked stays revoked."""
    body: dict[str, object] = {"video_id": video_id, "reason": reason, "by": _who(reviewer)}
    with RangeClient(data, url) as client:
        show_one(client.post("/admin/quarantines/lift", body), as_json=as_json)


def _decide(client: RangeClient, video_id: str, decision: str, body: dict[str, object]) -> dict[str, object]:
    where = f"/admin/approvals/{quoted(video_id)}"
    client.post(f"{where}/claim", {"reviewer": body["reviewer"]})
    return dict(client.post(f"{where}/{decision}", body))


def _who(reviewer: str | None) -> str:
    try:
        return reviewer or getpass.getuser()
    except (OSError, KeyError):
        raise Problem("This account has no name. Say who decides with --reviewer.", exit_code=2) from None
