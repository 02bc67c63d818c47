"""Freshness: a request that carries a version waits for a view as new, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import Freshness
from mock_api.core.enforcement.questions import AskNotices, AskSnapshot, Notices, Unchanged
from mock_api.core.notices import Stopped, Version
from mock_api.core.scopes import TokenScope

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from mock_api.core.enforcement import Enforcement
    from mock_api.core.notices import Notice, Snapshot
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0
FIVE, SIX = Version("key_1", 5), Version("key_1", 6)
Make = Callable[..., "Front"]


def five(front: Make, snapshot: Callable[..., Snapshot], declared: Enforcement) -> Front:
    """A gate that has fetched version 5."""
    gate = front(declared)
    gate.answers[AskSnapshot] = snapshot(seq=5)
    gate.tend(START)
    gate.asked.clear()
    return gate


@pytest.fixture
def gate(front: Make, snapshot: Callable[..., Snapshot]) -> Front:
    return five(front, snapshot, Freshness(every=30.0, timeout=5.0))


@pytest.fixture
def six(notice: Callable[..., Notice]) -> Notices:
    return Notices("key_1", 6, START + 1.0, (notice(6, Stopped(TokenScope("at_1"), START + 1.0)),))


def test_without_a_demand_the_fetched_view_decides(gate: Front, claims: Callable[..., Claims]) -> None:
    assert gate.verdict(claims(), START + 1.0) == "admitted"
    assert gate.verdict(claims(), START + 1.0, at_least=FIVE) == "admitted"
    assert gate.asked == []


def test_a_demand_that_the_view_does_not_meet_is_met_first(
    gate: Front, claims: Callable[..., Claims], six: Notices
) -> None:
    gate.answers[AskNotices] = six
    assert gate.verdict(claims(), START + 2.0, at_least=SIX) == "token_revoked"
    assert gate.asked == [AskNotices(5)]
    assert gate.verdict(claims(), START + 2.0) == "token_revoked"  # What one request brought serves all.


def test_a_snapshot_meets_it_where_the_notices_are_gone(
    gate: Front, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    gate.answers[AskNotices] = snapshot(seq=7, jtis=("at_1",))
    assert gate.verdict(claims(), START + 2.0, at_least=SIX) == "token_revoked"


def test_the_first_request_ever_may_make_demands(
    front: Make, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot]
) -> None:
    gate = front(Freshness())
    gate.answers[AskSnapshot] = snapshot(seq=6, jtis=("at_1",))
    assert gate.verdict(claims(), START, at_least=SIX) == "token_revoked"
    assert front(Freshness(silence="fail-open")).verdict(claims(), START, at_least=SIX) == "view_stale"


@pytest.mark.parametrize("silence", ["fail-open", "fail-closed", "grace"])
def test_a_demand_that_cannot_be_met_is_refused_whatever_is_declared(
    front: Make, claims: Callable[..., Claims], snapshot: Callable[..., Snapshot], silence: str
) -> None:
    gate = five(front, snapshot, Freshness(silence=silence, grace=60.0))  # type: ignore[arg-type]
    assert gate.verdict(claims(), START + 1.0, at_least=SIX) == "view_stale"
    assert gate.verdict(claims(), START + 1.0, at_least=FIVE) == "admitted"


def test_a_version_of_another_range_is_no_version_here(gate: Front, claims: Callable[..., Claims]) -> None:
    assert gate.verdict(claims(), START, at_least=Version("key_other", 5)) == "invalid_request"
    assert gate.asked == []


def test_a_version_that_nobody_gave_out_is_invented(gate: Front, claims: Callable[..., Claims], six: Notices) -> None:
    gate.answers[AskNotices] = six
    assert gate.verdict(claims(), START + 2.0, at_least=Version("key_1", 7)) == "invalid_request"
    assert gate.asked == [AskNotices(5)]


def test_others_are_decided_as_under_pull(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.answers[AskSnapshot] = Unchanged()
    assert gate.view.wants() == (START + 30.0, AskSnapshot(FIVE))
    gate.tend(START + 30.0)
    assert gate.verdict(claims(), START + 65.0) == "admitted"
    assert gate.verdict(claims(), START + 65.1) == "view_stale"
