"""The worst gate counts, and needs no ground truth."""

from __future__ import annotations

import pytest

from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)
from policy_lab.truth import GateAccount

from .story import START, Story


def test_without_gates_in_front_there_is_nothing_to_tell() -> None:
    story = Story("ann", "bob")
    story.revoke(TokenScope("ann-1"), at=100)
    story.admit("bob-1", at=200)
    ledger = story.ledger()

    assert (ledger.gates, ledger.worst_gate, ledger.worst_gate_lag, ledger.gate_lag_spread) == (0, None, None, None)
    assert (ledger.gate_look_ups, ledger.gate_bytes_held) == (None, None)


def test_before_any_response_there_is_no_lag_yet() -> None:
    story = Story("ann")
    story.admit("ann-1", at=10, gate="gate-1")

    assert (story.ledger().gates, story.ledger().worst_gate_lag) == (1, None)


def test_the_worst_gate_is_named_and_the_spread_is_to_the_best() -> None:
    story = Story("ann", "bob")
    story.admit("ann-1", at=90, gate="gate-3")
    story.revoke(TokenScope("ann-1"), at=100)
    story.admit("ann-1", at=104, gate="gate-1")
    story.admit("ann-1", at=130, gate="gate-2")
    story.admit("bob-1", at=500, gate="gate-3")
    ledger = story.ledger()

    assert (ledger.gates, ledger.worst_gate, ledger.worst_gate_lag, ledger.gate_lag_spread) == (3, "gate-2", 30.0, 30.0)
    assert ledger.gate_admitted_late == 2


def test_who_used_the_token_does_not_matter_to_what_a_gate_is_worth() -> None:
    story = Story("ann", "bob")
    story.leak(at=50)
    story.admit("ann-1", at=60, gate="gate-1")
    story.revoke(CohortScope("artists"), at=100)
    story.admit("ann-1", at=103, gate="gate-1")
    story.admit("bob-1", at=140, origin="home of bob", gate="gate-2")
    ledger = story.ledger()

    assert ledger.enforcement_lag == 3.0
    assert (ledger.worst_gate, ledger.worst_gate_lag) == ("gate-2", 40.0)


@pytest.mark.parametrize("scope", [
    TokenScope("ann-1"), TesterScope("ann"), CohortScope("artists"), KeyScope("kid-1"), AllScope(),
    IssuedBeforeScope(START + 50),
])
def test_every_scope_that_covers_the_token_starts_the_lag(scope: Scope) -> None:
    story = Story("ann")
    story.revoke(scope, at=100)
    story.admit("ann-1", at=107, gate="gate-1")

    assert story.ledger().worst_gate_lag == 7.0


@pytest.mark.parametrize("scope", [
    TokenScope("bob-1"), TesterScope("bob"), CohortScope("others"), KeyScope("kid-2"), FamilyScope("family-1"),
    IssuedBeforeScope(START - 1),
])
def test_a_scope_that_does_not_cover_the_token_starts_none(scope: Scope) -> None:
    story = Story("ann")
    story.revoke(scope, at=100)
    story.admit("ann-1", at=107, gate="gate-1")

    assert (story.ledger().worst_gate, story.ledger().worst_gate_lag) == (None, 0.0)


def test_a_token_bought_afterwards_is_good_but_not_in_a_pause_or_a_suspension() -> None:
    bought = Story("ann")
    bought.revoke(TesterScope("ann"), at=100)
    bought.issue("ann", "ann-2", at=110)
    bought.admit("ann-2", at=120, gate="gate-1")
    assert bought.ledger().worst_gate_lag == 0.0

    suspended = Story("ann")
    suspended.suspend(TesterScope("ann"), at=100, until=200)
    suspended.issue("ann", "ann-2", at=110)
    suspended.admit("ann-2", at=120, gate="gate-1")
    suspended.admit("ann-2", at=300, gate="gate-1")
    assert suspended.ledger().worst_gate_lag == 20.0

    paused = Story("ann")
    paused.pause(at=100)
    paused.admit("ann-1", at=105, gate="gate-1")
    paused.resume(at=110)
    paused.admit("ann-1", at=400, gate="gate-1")
    assert paused.ledger().worst_gate_lag == 5.0


def test_a_stale_view_is_collateral_where_it_refuses_the_innocent() -> None:
    story = Story("ann", "bob")
    story.leak(at=10)
    story.refuse("bob", "view_stale", at=20, gate="gate-1")
    story.refuse("bob", "token_revoked", at=21, gate="gate-1")
    story.refuse("ann", "view_stale", at=22, gate="gate-1")

    assert story.ledger().legitimate_requests_refused_stale == 1


def test_what_gates_spent_is_added_up() -> None:
    story = Story("ann")
    story.add(GateAccount(START + 900, "gate-1", 3, 10, 1, 400, 5000))
    story.add(GateAccount(START + 900, "gate-2", 4, 20, 0, 600, 7000))
    ledger = story.ledger()

    assert (ledger.gates, ledger.gate_look_ups, ledger.gate_messages) == (2, 7, 30)
    assert (ledger.gate_bytes_moved, ledger.gate_bytes_held) == (1000, 12_000)
