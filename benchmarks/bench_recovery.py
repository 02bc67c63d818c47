"""How long a restart takes after a million events: journal read, chain checked, events decoded, state rebuilt.

The events are those of quiet weeks under short-lived tokens, with a revocation now and then, in commits of four:
fewer than under load, so more rows than a busy range leaves. Both databases hold the same rows.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, get_args

import msgspec
import pytest
from sqlalchemy import insert

import tests
from leaklab.opening import replay
from mock_api.core.authority import Authority, Surroundings
from mock_api.core.events import Event, Revoked, TokenIssued
from mock_api.core.policy import Policy
from mock_api.core.scopes import TokenScope
from mock_api.journal import Journal
from mock_api.journal.commits import COMMITS, Commit, _chained
from mock_api.journal.database import database_at
from policy_lab.files import load
from policy_lab.scenario import Scenario
from policy_lab.world import World

from .bench_gate import Lab, forget
from .rows import NotMeasured, Row

tests.__path__.insert(0, str(Path(__file__).parents[1] / "tests"))  # Ciw installs a package of that name, too.
from tests.services.postgres import postgres  # noqa: E402 - only now it is found.

EVENTS, PER_COMMIT, WEEKS, ROUNDS = 1_000_000, 4, 9, 3
LIMIT = 5.0  # seconds


def story() -> Iterator[Event]:
    """What a range writes in some quiet weeks; every 50th token is revoked soon after it was issued."""
    scenario = load(Scenario, "quiet-week")
    weeks = msgspec.structs.replace(scenario, horizon=scenario.horizon * WEEKS)
    kinds, tokens = get_args(Event), 0
    for event in World(weeks, load(Policy, "short-lived")).run().events:
        if isinstance(event, kinds):
            yield event
        if isinstance(event, TokenIssued):
            tokens += 1
            if tokens % 50 == 0:
                yield Revoked(event.at, f"rev_{tokens}", TokenScope(event.jti), "leaked", "bench", None)


def rows(events: list[Event]) -> Iterator[dict[str, Any]]:
    """The same as rows of a journal."""
    encode, digest = msgspec.json.Encoder().encode_lines, b""
    for first in range(0, len(events), PER_COMMIT):
        group = events[first : first + PER_COMMIT]
        payload = encode(group)
        digest = _chained(digest, payload)
        yield msgspec.structs.asdict(Commit(first + 1, len(group), group[-1].at, digest, payload))


def fill(place: str, events: list[Event]) -> None:
    """A journal of these events, written at one go."""
    Journal(place).close()
    database, waiting = database_at(place), rows(events)
    with database.engine.begin() as connection:
        while some := list(islice(waiting, 10_000)):
            connection.execute(insert(COMMITS), some)
    database.release()


def recovery(place: str) -> float:
    """Seconds from opening the journal to a rebuilt authority."""
    lab = Lab()
    authority = Authority(Surroundings(clock=lab, streams=lab, ids=lab, secrets=lab, vault=lab), forget)
    gc.collect()
    begun = time.perf_counter()
    journal = Journal(place)
    replay(authority, journal)
    seconds = time.perf_counter() - begun
    assert journal.position == EVENTS
    journal.close()
    return seconds


def measure() -> list[Row]:
    """Seconds to recover from each database."""
    events = list(islice(story(), EVENTS))
    assert len(events) == EVENTS, f"the story has {len(events):,} events; tell more weeks"
    found = []
    with TemporaryDirectory() as folder:
        place = str(Path(folder) / "journal.sqlite")
        fill(place, events)
        found.append(Row(f"recovery of {EVENTS:,} events from SQLite", recovered(place), LIMIT, "lower", "s"))
    try:
        with postgres() as server:
            fill(server.url(), events)
            seconds = recovered(server.url())
    except pytest.skip.Exception as missing:
        raise NotMeasured(str(missing)) from None
    return [*found, Row(f"recovery of {EVENTS:,} events from PostgreSQL", seconds, LIMIT, "lower", "s")]


def recovered(place: str) -> float:
    """The median of some recoveries."""
    return median(recovery(place) for _ in range(ROUNDS))
