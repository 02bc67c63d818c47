"""`leaklab tokens`: what was issued, and its end."""

from __future__ import annotations

from typing import Annotated

import typer

from leaklab.range_client import DEFAULT_DATA, ApiUrl, Data, RangeClient

from .listing import AsJson, show_one, show_rows

app = typer.Typer(help="List or revoke the access tokens of a running range.", no_args_is_help=True)


@app.command("list")
def list_tokens(
    tester: Annotated[str | None, typer.Option(help="Only this tester's.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Only those that still open something.")] = False,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the access tokens, by `jti`."""
    with RangeClient(data, url) as client:
        tokens = client.get("/admin/tokens", tester_id=tester, live_only="true" if live else None)["data"]
    show_rows(
        "Access tokens", tokens, as_json=as_json, columns=("jti", "state", "issued_at", "expires_at", "tester_id")
    )


@app.command()
def revoke(
    jti: Annotated[str, typer.Argument(help="The token's id, from `leaklab tokens list`.")],
    reason: Annotated[str, typer.Option(help="Kept with the revocation.")] = "leaked",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would touch.")] = False,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Revoke one access token; prints its blast radius."""
    body: dict[str, object] = {"scope": {"kind": "token", "jti": jti}, "reason": reason}
    with RangeClient(data, url) as client:
        outcome = client.post("/admin/revocations", body, dry_run="true" if dry_run else None)
    show_one(outcome, as_json=as_json)
