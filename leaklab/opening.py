"""Opens a range's folder: journal, keys, programme, and the credentials file for its owner."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.enforcement import Enforcement
from mock_api.core.errors import Refusal
from mock_api.core.events import Event
from mock_api.core.policy import Policy
from mock_api.core.ports import Clock
from mock_api.journal import Journal, JournalError, JournalUnavailable

from .chance import SystemIds, SystemSecrets, SystemStreams
from .clock import FastClock
from .issuer import chosen_issuer
from .journal_place import ADDRESS, FILE, chosen_journal_place, remember
from .problems import Problem, extra
from .vault import FileVault, write_private

CLOCK_TOLERANCE = 5.0  # seconds the clock may lie behind the newest event: a restart takes no time at all

_log = logging.getLogger("leaklab")


@dataclass(frozen=True, slots=True)
class OpenRange:
    """A range that is ready to be served."""

    data: Path
    authority: Authority
    journal: Journal
    credentials: dict[str, Any]


class Wishes(NamedTuple):
    """What a new range is to be: its testers, a PostgreSQL database for its journal, the name on its tokens.

    The `enforcement` is for one that is there as well: its policy is given it, where one is named.
    """

    testers: int
    database: str | None = None
    issuer: str | None = None
    enforcement: Enforcement | None = None


@contextmanager
def open_range(data: Path, policy: Policy, clock: Clock, wishes: Wishes) -> Iterator[OpenRange]:
    """The range in `data`, or a new one under `policy` by `wishes`, for the length of a `with`; raises Problem.

    All it has decided so far is on disk when the block begins, and all it has decided when it ends.
    """
    os.umask(0o077)  # Journals hold prompts and origins: none of it is for other people's eyes.
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _warn_of_readers(data)
    keys_are_there = (data / "keys.json").exists()
    vault = FileVault(data / "keys.json")
    surroundings = Surroundings(
        clock=clock, streams=SystemStreams(), ids=SystemIds(), secrets=SystemSecrets(), vault=vault
    )
    issuer = chosen_issuer(vault, not keys_are_there, wishes.issuer)
    place = chosen_journal_place(data, wishes.database)
    with _journal(place) as journal:
        remember(data, place)
        authority = Authority(surroundings, journal, issuer=issuer)
        _catch_up(authority, journal, clock)
        if authority.keyring.keys and not keys_are_there:
            raise Problem(
                f"The key file {data / 'keys.json'} is gone, and without it every key and token of this range is "
                "worthless. Restore it from a backup, or start a new range in another folder.",
                exit_code=3,
            )
        authority.open(policy)
        enforcement = wishes.enforcement
        if enforcement is not None and authority.policy.enforcement != enforcement:
            authority.operator.adopt_policy(replace(authority.policy, enforcement=enforcement), "start")
        credentials = _credentials(authority, data / "credentials.json", wishes.testers)
        asyncio.run(journal.flushed())  # Nobody is handed a key that a crash would forget.
        yield OpenRange(data, authority, journal, credentials)


def write_credentials(
    opened: OpenRange, api_url: str, proxy_url: str | None, gate_urls: Sequence[str] = ()
) -> None:
    """Write `credentials.json` (mode 0600): addresses, the keys, and one tester to try things with."""
    opened.credentials.update(api_url=api_url, proxy_url=proxy_url, gate_urls=gate_urls)
    order = ("api_url", "proxy_url", "gate_urls", "operator_key", "gate_key", "tester")
    text = json.dumps({name: opened.credentials[name] for name in order}, indent=2)
    write_private(opened.data / "credentials.json", text + "\n")


def _warn_of_readers(data: Path) -> None:
    for path in (data / "credentials.json", data / "keys.json", data / FILE, data / ADDRESS):
        mode = path.stat().st_mode & 0o777 if path.exists() else 0
        if mode & 0o077:
            _log.warning("%s can be read by others (mode %o). Mend it with: chmod 600 %s", path, mode, path)


@contextmanager
def _journal(place: Path | str) -> Iterator[Journal]:
    """The journal, closed on every way out; what it cannot open, read or write becomes a Problem."""
    journal = None
    try:
        with extra("postgres", "keep a journal in PostgreSQL"):
            journal = Journal(place)
        yield journal
        journal.close()
    except BaseException as problem:
        why = None if journal is None else journal.failing_because
        if journal is not None:
            with suppress(JournalUnavailable):
                journal.close()
        if isinstance(problem, JournalError):
            raise Problem(str(problem), exit_code=3) from None
        if isinstance(problem, JournalUnavailable):
            raise Problem(_unavailable(place, why)) from None
        raise


def _unavailable(place: Path | str, why: str | None) -> str:
    if isinstance(place, Path):
        return (
            f"The journal {place} cannot be written ({why}). Free some space, or choose another folder "
            "with --data. Nothing that was acknowledged is lost."
        )
    return (
        f"The journal's database does not answer ({why or 'it broke off'}). See that PostgreSQL runs, and start again. "
        "Nothing that was acknowledged is lost."
    )


def replay(authority: Authority, journal: Journal) -> float:
    """Rebuild the authority's state; the instant of the newest event, epoch seconds, or 0.0 where there is none."""
    newest_at = 0.0

    def told() -> Iterator[list[Event]]:
        nonlocal newest_at
        for events in journal.groups():
            newest_at = events[-1].at
            yield events

    gc.disable()  # What a replay makes it keeps: looking for garbage meanwhile costs a tenth of the time.
    try:
        authority.replay(chain.from_iterable(told()))
    finally:
        gc.freeze()  # And later looks need not walk over all of it again.
        gc.enable()
    return newest_at


def _catch_up(authority: Authority, journal: Journal, clock: Clock) -> None:
    newest_at = replay(authority, journal)
    if isinstance(clock, FastClock):
        clock.catch_up(newest_at)
    behind = newest_at - clock.now()
    if behind > CLOCK_TOLERANCE:
        raise Problem(
            f"This machine's clock is {behind:.0f} s behind the newest event of the journal, so tokens and "
            "deadlines would be wrong. Set the clock; or, if the range ran with --speed, start it with that --speed; "
            "or start a new range in another folder with --data."
        )


def _credentials(authority: Authority, path: Path, testers: int) -> dict[str, Any]:
    """What the file says, as far as it still holds; made anew where it opens nothing."""
    known = _read(path)
    operator = authority.operator
    operator_key = known.get("operator_key")
    if not (isinstance(operator_key, str) and operator.is_operator_key(operator_key)):
        operator_key = operator.ensure_operator_key() or operator.renew_operator_key()
    gate_key = known.get("gate_key")
    if not (isinstance(gate_key, str) and operator.is_gate_key(gate_key)):
        gate_key = operator.ensure_gate_key() or operator.renew_gate_key()
    tester = known.get("tester")
    if not authority.programme.testers:
        invited = operator.invite_many(testers, "artists", by="start")
        tester = {"tester_id": invited[0].tester_id, "tester_key": invited[0].tester_key}
    if not isinstance(tester, dict):
        tester = {"tester_id": None, "tester_key": None}
    tester["access_token"] = _access_token(authority, tester)
    return {"operator_key": operator_key, "gate_key": gate_key, "tester": tester}


def _access_token(authority: Authority, tester: dict[str, Any]) -> str | None:
    """A fresh access token for the tester of the file, or the old one where none is to be had."""
    tester_id, tester_key = str(tester.get("tester_id")), str(tester.get("tester_key"))
    try:
        return authority.public.issue_access_token(tester_id, tester_key, None, "leaklab serve").access_token
    except Refusal:
        old = tester.get("access_token")
        return old if isinstance(old, str) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
