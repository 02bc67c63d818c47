"""Opens a range's folder: journal, keys, programme, and the credentials file for its owner."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.errors import Refusal
from mock_api.core.policy import Policy
from mock_api.core.ports import Clock
from mock_api.journal import Journal, JournalError

from .chance import SystemIds, SystemSecrets, SystemStreams
from .problems import Problem
from .vault import FileVault, write_private

CLOCK_TOLERANCE = 5.0  # seconds the machine's clock may lie behind the newest event: restarts take no time at all


@dataclass(frozen=True, slots=True)
class OpenRange:
    """A range that is ready to be served."""

    data: Path
    authority: Authority
    journal: Journal
    credentials: dict[str, Any]


def open_range(data: Path, policy: Policy, clock: Clock, *, testers: int) -> OpenRange:
    """Open the range in `data`, or make a new one with `testers` testers; raises Problem."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    surroundings = Surroundings(
        clock=clock, streams=SystemStreams(), ids=SystemIds(), secrets=SystemSecrets(), vault=FileVault(data / "keys.json"),
    )
    try:
        journal = Journal(data / "journal.sqlite3")
    except JournalError as problem:
        raise Problem(str(problem), exit_code=3) from None
    try:
        authority = Authority(surroundings, journal)
        _replay(authority, journal, clock)
        authority.open(policy)
        credentials = _credentials(authority, data / "credentials.json", testers)
        return OpenRange(data, authority, journal, credentials)
    except JournalError as problem:
        journal.close()
        raise Problem(str(problem), exit_code=3) from None
    except BaseException:
        journal.close()
        raise


def write_credentials(opened: OpenRange, api_url: str, proxy_url: str | None) -> None:
    """Write `credentials.json` (mode 0600): addresses, operator key, and one tester to try things with."""
    opened.credentials.update(api_url=api_url, proxy_url=proxy_url)
    order = ("api_url", "proxy_url", "operator_key", "tester")
    text = json.dumps({name: opened.credentials[name] for name in order}, indent=2)
    write_private(opened.data / "credentials.json", text + "\n")


def _replay(authority: Authority, journal: Journal, clock: Clock) -> None:
    newest = 0.0

    def told() -> Any:
        nonlocal newest
        for _, event in journal.events():
            newest = event.at
            yield event

    authority.replay(told())
    behind = newest - clock.now()
    if behind > CLOCK_TOLERANCE:
        raise Problem(
            f"This machine's clock is {behind:.0f} s behind the newest event of the journal, so tokens and deadlines would be "
            "wrong. Set the clock; or start a new range in another folder (a range that ran with --speed lies ahead)."
        )


def _credentials(authority: Authority, path: Path, testers: int) -> dict[str, Any]:
    """What the file says, as far as it still holds; made anew where it is missing or no longer opens anything."""
    known = _read(path)
    operator_key = known.get("operator_key")
    if not (isinstance(operator_key, str) and authority.operator.is_operator_key(operator_key)):
        operator_key = authority.operator.ensure_operator_key() or authority.operator.renew_operator_key()
    if not authority.programme.testers:
        invited = authority.operator.invite_many(testers, "artists", by="start")
        known["tester"] = {"tester_id": invited[0].tester_id, "tester_key": invited[0].tester_key}
    tester = known.get("tester") or {"tester_id": None, "tester_key": None, "access_token": None}
    tester["access_token"] = _access_token(authority, tester)
    return {"operator_key": operator_key, "tester": tester}


def _access_token(authority: Authority, tester: dict[str, Any]) -> str | None:
    """A fresh access token for the tester of the file, or the old one where none is to be had."""
    try:
        grant = authority.public.issue_access_token(str(tester["tester_id"]), str(tester["tester_key"]), None, "leaklab serve")
    except Refusal:
        return tester.get("access_token")
    return grant.access_token


def _read(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
