"""Refusals on their way to the authority: in batches, within bounds, and what is dropped is counted."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_api.core.doors.gates import REPORTED_AT_ONCE, ReportedRefusal
from mock_api.gate.figures import Figures
from mock_api.gate.reports import Reports
from mock_api.gate.settings import GateLimits


def refusal(number: int) -> ReportedRefusal:
    """One of many."""
    return ReportedRefusal(f"at_{number}", "tester_1", "videos.list", "- -", "token_revoked")


class Office:
    """Takes reports, or does not."""

    def __init__(self) -> None:
        self.is_open = True
        self.taken: list[Any] = []
        self.figures = Figures()
        self.reports = Reports("gate-1", self.hand, GateLimits(report_at_most=10, reports_kept=25), self.figures)

    async def hand(self, text: bytes) -> bool:
        if self.is_open:
            self.taken.append(msgspec.json.decode(text))
        return self.is_open


async def test_reports_come_in_order_and_in_batches() -> None:
    office = Office()
    for number in range(15):
        office.reports.add(refusal(number))
    assert await office.reports.hand_in_one()
    assert await office.reports.hand_in_one()
    assert await office.reports.hand_in_one()  # Nothing is left, and nothing is handed in.
    assert [len(report["refusals"]) for report in office.taken] == [10, 5]
    assert [each["jti"] for report in office.taken for each in report["refusals"]] == [f"at_{n}" for n in range(15)]
    assert office.figures.reported == 15


async def test_what_was_not_taken_is_handed_in_again_and_what_has_no_room_is_counted() -> None:
    office = Office()
    office.is_open = False
    for number in range(30):
        office.reports.add(refusal(number))
        await office.reports.hand_in_one()
    assert office.figures.reports_dropped == 5
    office.is_open = True
    while office.figures.reported < 25:
        assert await office.reports.hand_in_one()
    assert [each["jti"] for report in office.taken for each in report["refusals"]] == [f"at_{n}" for n in range(5, 30)]
    assert [report["dropped"] for report in office.taken] == [5, 0, 0]


def test_a_gate_sends_no_more_at_once_than_the_authority_takes() -> None:
    assert GateLimits().report_at_most <= REPORTED_AT_ONCE
