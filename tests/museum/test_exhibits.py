"""Every exhibit is caught by the invariant on its card and by no other; without exhibits all of them hold."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from mock_api.core import museum
from mock_api.core.enforcement import KeyRotation
from mock_api.core.families import Families
from mock_api.core.gate import Gate
from mock_api.core.museum import EXHIBITS
from mock_api.core.policy import ExhibitName, Policy
from mock_api.core.quotas import RateWindows
from mock_api.core.reach import Reach
from mock_api.core.token_refresh import TokenRefresh
from tests.museum.invariants import INVARIANTS, a_gate, a_range, admitted, broken_by

NAMES: tuple[ExhibitName, ...] = tuple(EXHIBITS)


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_without_exhibits_every_invariant_holds(invariant: str) -> None:
    INVARIANTS[invariant](())


@pytest.mark.parametrize("name", NAMES)
def test_every_exhibit_breaks_the_invariant_on_its_card_and_no_other(name: ExhibitName) -> None:
    assert list(broken_by((name,))) == [EXHIBITS[name].card.breaks]


def test_all_exhibits_at_once_break_everything() -> None:
    assert set(broken_by(NAMES)) == set(INVARIANTS)


def test_every_invariant_has_an_exhibit_that_shows_it_is_watched() -> None:
    assert {exhibit.card.breaks for exhibit in EXHIBITS.values()} == set(INVARIANTS)


def test_a_policy_can_name_every_exhibit_and_nothing_else() -> None:
    assert set(get_args(ExhibitName)) == set(EXHIBITS)
    assert all(exhibit.card.name == name for name, exhibit in EXHIBITS.items())


@pytest.mark.parametrize("name", NAMES)
def test_every_card_names_public_reports(name: ExhibitName) -> None:
    card = EXHIBITS[name].card
    assert card.reports
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", report) for report in card.reports)


@pytest.mark.parametrize("name", NAMES)
def test_the_wrong_part_is_the_right_one_but_for_the_error(name: ExhibitName) -> None:
    exhibit = EXHIBITS[name]
    assert exhibit.wrong.__mro__[1] is exhibit.right
    own = [each for each in vars(exhibit.wrong) if not each.startswith("__")]
    assert len(own) == 1


def parts(opened_with: tuple[ExhibitName, ...]) -> list[type]:
    """The classes of the parts that an exhibit may be about."""
    authority = a_range(opened_with).authority
    return [
        type(part)
        for part in (
            authority.gate, authority.gate.rates, authority.families, authority.client.token_refresh,
            authority.register.revoked,
        )
    ]


def test_without_exhibits_nothing_is_touched() -> None:
    assert parts(()) == [Gate, RateWindows, Families, TokenRefresh, Reach]
    assert not set(parts(())) & set(parts(NAMES))


def test_exhibits_come_and_go_with_the_policy() -> None:
    opened = a_range(NAMES)
    _, token = opened.tester_with_token()
    assert admitted(opened, token)
    opened.authority.operator.adopt_policy(Policy(name="right again"), "operator")
    opened.authority.responder.revoke(opened.scope_around(token, "token"), "leak", "operator")
    assert type(opened.authority.gate) is Gate
    assert type(opened.authority.register.revoked) is Reach
    assert not admitted(opened, token)


def test_a_restart_hangs_them_again() -> None:
    opened = a_range(("state-race", "older-cutoff-wins"))
    again = opened.replayed()
    assert type(again.gate.rates) is EXHIBITS["state-race"].wrong
    assert type(again.register.revoked) is EXHIBITS["older-cutoff-wins"].wrong
    assert type(again.gate) is Gate


def test_at_a_gate_they_hang_where_the_enforcement_has_the_part() -> None:
    opened = a_range(())
    gate = a_gate(NAMES, opened, KeyRotation())
    assert type(gate.point) is EXHIBITS["lock-ignored-by-open-streams"].wrong
    assert type(gate.view) is EXHIBITS["removed-key-still-cached"].wrong
    museum.hang_at_gate(gate.point, ())
    assert type(gate.view) is EXHIBITS["removed-key-still-cached"].right
