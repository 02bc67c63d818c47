"""The front end's own log of a live range: every event, bounded, and never in the way."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from frontend_proxy.core.events import VisitorArrived
from leaklab.front_end_log import FrontEndLog
from leaklab.live_log import live_events, live_ledger
from leaklab.problems import Problem
from mock_api.core.events import Event, ProgrammeResumed
from mock_api.journal import Journal
from policy_lab.truth import LeakPosted, StrangerOrigin


def _visitor(number: int) -> VisitorArrived:
    return VisitorArrived(float(number), f"visitor_{number}", None)


def test_each_event_is_a_line_with_its_type_and_instant(tmp_path: Path) -> None:
    log = FrontEndLog(tmp_path)
    log(_visitor(1))
    log(StrangerOrigin(2.0, "127.0.0.1 frontend-proxy"))
    log.close()
    lines = [json.loads(line) for line in (tmp_path / "front-end.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["type"], line["at"]) for line in lines] == [("VisitorArrived", 1.0), ("StrangerOrigin", 2.0)]
    assert (tmp_path / "front-end.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_log_that_grows_too_large_begins_anew_and_keeps_one(tmp_path: Path) -> None:
    log = FrontEndLog(tmp_path, size_limit=1000)
    for number in range(100):
        log(_visitor(number))
    log.close()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes.keys() == {"front-end.jsonl", "front-end.1.jsonl"}
    assert max(sizes.values()) < 1200


def test_a_restart_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for number in range(2):
        log = FrontEndLog(tmp_path)
        log(_visitor(number))
        log.close()
    assert len((tmp_path / "front-end.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_log_that_cannot_be_written_costs_one_line_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = FrontEndLog(tmp_path)
    log.close()
    with caplog.at_level(logging.ERROR):
        log(_visitor(1))
        log(_visitor(2))
    assert len(caplog.records) == 1
    assert "goes on without" in caplog.text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A range's folder with an empty journal and three events of the front end, the last line cut short."""
    Journal(tmp_path / "journal.sqlite3").close()
    log = FrontEndLog(tmp_path)
    log(_visitor(1))
    log(LeakPosted(2.0, "at_1", "tester_1", "front end", "access_token"))
    log(_visitor(3))
    log.close()
    with (tmp_path / "front-end.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"type":"VisitorArr')
    return tmp_path


def test_the_logs_of_a_range_are_one_in_the_order_of_their_instants(folder: Path, settled: list[Event]) -> None:
    journal = Journal(folder / "journal.sqlite3")
    for event in settled:
        journal(event)
    journal.close()
    assert [event.at for event in live_events(folder)] == [1.0, 2.0, 2.5, 3.0, 3.5]


def test_a_ledger_is_read_off_a_range_that_still_runs(folder: Path) -> None:
    journal = Journal(folder / "journal.sqlite3")
    try:
        ledger = live_ledger(folder)
    finally:
        journal.close()
    assert (ledger.visitors, ledger.leaked_at) == (2, 2.0)


def test_where_no_range_is_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="There is no range"):
        live_ledger(tmp_path)


def test_a_damaged_journal_or_a_database_that_is_away_is_one_sentence(folder: Path) -> None:
    (folder / "journal.sqlite3").write_text("not a database at all, whatever its name says " * 10, encoding="utf-8")
    with pytest.raises(Problem, match="is damaged"):
        live_ledger(folder)
    (folder / "database-url").write_text("postgresql+psycopg://leaklab:secret@127.0.0.1:1/there\n", encoding="utf-8")
    with pytest.raises(Problem, match="does not answer") as away:
        live_ledger(folder)
    assert "secret" not in str(away.value)


@pytest.fixture
def settled() -> list[Event]:
    return [ProgrammeResumed(2.5, "over", "operator"), ProgrammeResumed(3.5, "over", "operator")]
