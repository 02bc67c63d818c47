"""Reads the log of a range, running or not: the API's journal, and the front end's beside it."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from frontend_proxy.core.events import FrontEndEvent
from mock_api.core.events import Event
from policy_lab.ledger import Ledger, LedgerReader
from policy_lab.truth import TruthEvent

from .front_end_log import NAMES
from .journal_place import journal_place
from .problems import Problem, extra


def live_ledger(data: Path) -> Ledger:
    """The ledger of the range in `data`, read at its newest event; raises Problem."""
    reader, newest_at = LedgerReader(), 0.0
    for event in live_events(data):
        reader.feed(event)
        newest_at = event.at
    return reader.close(newest_at)


def live_events(data: Path) -> Iterator[Any]:
    """All events of the range in the order of their instants; raises Problem where there is no range."""
    journal = journal_place(data)
    if isinstance(journal, Path) and not journal.is_file():
        raise Problem(f"There is no range in {data}. Start one: leaklab serve range --data {data}", exit_code=3)
    sources = [_journalled(journal), *(_lines(data / name) for name in NAMES)]
    return merge(*sources, key=attrgetter("at"))


def _journalled(place: Path | str) -> Iterator[Event]:
    with extra("serve", "read a journal"):
        from mock_api.journal import JournalError, JournalUnavailable, read_events  # noqa: PLC0415 - an extra.
    try:
        with extra("postgres", "read a journal in PostgreSQL"):
            yield from read_events(place)
    except JournalError as problem:
        raise Problem(str(problem), exit_code=3) from None
    except JournalUnavailable:
        raise Problem("The journal's database does not answer. See that PostgreSQL runs, and ask again.") from None


def _lines(path: Path) -> Iterator[FrontEndEvent | TruthEvent]:
    decode = msgspec.json.Decoder(FrontEndEvent | TruthEvent).decode
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                yield decode(line)
            except msgspec.MsgspecError:  # The last line of a server that was killed may be cut short.
                continue
