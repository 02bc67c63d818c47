"""The reader as a whole: streaming, tolerant of what it does not know, and fast."""

from __future__ import annotations

from time import perf_counter

import msgspec
import pytest

from frontend_proxy.core.events import VisitorArrived
from mock_api.core.events import RequestAdmitted
from policy_lab.ledger import INSTANTS, MEASURES, NAMES, Ledger, LedgerReader
from tests.policy_lab.ledger.story import PAGE, START, Story


def test_a_ledger_may_be_read_while_the_run_goes_on() -> None:
    story = Story("ann")
    story.leak(at=100)
    reader = LedgerReader()
    for event in story.events:
        reader.feed(event)
    assert reader.close(START + 200).misuse_requests == 0
    reader.feed(RequestAdmitted(START + 300, "ann-1", "ann", "videos.list", PAGE))
    assert reader.close(START + 400).misuse_requests == 1
    assert reader.close(START + 400) == reader.close(START + 400)


def test_what_it_does_not_know_only_adds_to_the_length() -> None:
    reader = LedgerReader()
    reader.feed(object())
    assert reader.close(START) == Ledger(events=1, horizon_at=START)


def test_every_field_is_an_instant_a_name_or_a_measure() -> None:
    assert sorted((*INSTANTS, *NAMES, *MEASURES)) == sorted(Ledger.__struct_fields__)


def test_a_ledger_survives_json() -> None:
    ledger = Story("ann").ledger()
    assert msgspec.json.decode(msgspec.json.encode(ledger), type=Ledger) == ledger


@pytest.mark.slow
def test_a_hundred_thousand_events_are_read_in_well_under_a_second() -> None:
    story = Story("ann", "bob")
    story.leak(at=100)
    happened: list[object] = list(story.events)
    for number in range(25_000):
        at = START + 200 + number
        happened += (
            RequestAdmitted(at, "ann-1", "ann", "videos.retrieve", PAGE),
            RequestAdmitted(at, "bob-1", "bob", "videos.retrieve", "home of bob"),
            VisitorArrived(at, "v", None),
            VisitorArrived(at, "v", None),
        )
    took = []
    for _ in range(3):
        reader = LedgerReader()
        started = perf_counter()
        for event in happened:
            reader.feed(event)
        reader.close(START + 1e6)
        took.append(perf_counter() - started)
    assert min(took) < 0.45  # seconds; a third of that where nothing else runs
