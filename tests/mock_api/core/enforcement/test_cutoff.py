"""Cutoff: instants alone, at the gate and at the authority."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import Cutoff
from mock_api.core.enforcement.questions import AskCutoffs, Cutoffs, Unchanged
from mock_api.core.events import FamilyStarted
from mock_api.core.notices import Version
from mock_api.core.scopes import FamilyScope, KeyScope, TesterScope, TokenScope

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from tests.mock_api.core.conftest import Range
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0
Make = Callable[..., "Front"]


def cutoffs(seq: int = 1, **changes: object) -> Cutoffs:
    said: dict[str, object] = {
        "feed": "key_1", "at": START, "everything": None, "by_tester": {}, "by_cohort": {}, "paused": False
    }
    return Cutoffs(seq=seq, **(said | changes))  # type: ignore[arg-type]  # Fields of many types.


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (cutoffs(), "admitted"),
        (cutoffs(everything=START), "token_revoked"),
        (cutoffs(everything=START - 0.1), "admitted"),
        (cutoffs(by_tester={"tester_1": START}), "token_revoked"),
        (cutoffs(by_tester={"tester_1": START - 0.1, "tester_2": START}), "admitted"),
        (cutoffs(by_cohort={"artists": START}), "token_revoked"),
        (cutoffs(by_cohort={"red-team": START}), "admitted"),
        (cutoffs(by_tester={"tester_1": START - 9.0}, by_cohort={"artists": START}), "token_revoked"),
        (cutoffs(paused=True), "programme_paused"),
        (cutoffs(paused=True, everything=START), "token_revoked"),
    ],
)
def test_what_was_issued_at_a_cutoff_or_before_is_refused_and_the_later_one_wins(
    front: Make, claims: Callable[..., Claims], told: Cutoffs, code: str
) -> None:
    gate = front(Cutoff())
    gate.answers[AskCutoffs] = told
    assert gate.verdict(claims(issued_at=START), START) == code


def test_it_is_fetched_and_ages_as_a_pulled_view_does(front: Make, claims: Callable[..., Claims]) -> None:
    gate = front(Cutoff(every=10.0, timeout=5.0))
    gate.answers[AskCutoffs] = cutoffs()
    assert gate.verdict(claims(), START) == "admitted"
    known = Version("key_1", 1)
    assert gate.view.version == known
    assert gate.view.wants() == (START + 10.0, AskCutoffs(known))
    gate.answers[AskCutoffs] = Unchanged()
    gate.tend(START + 10.0)
    assert gate.verdict(claims(), START + 25.0) == "admitted"
    assert gate.verdict(claims(), START + 25.1) == "view_stale"
    gate.answers.clear()
    gate.tend(START + 26.0)
    assert gate.view.wants() == (START + 31.0, AskCutoffs(known))


@pytest.mark.parametrize(("silence", "code"), [("fail-open", "admitted"), ("fail-closed", "view_stale")])
def test_in_silence_it_does_as_declared(front: Make, claims: Callable[..., Claims], silence: str, code: str) -> None:
    gate = front(Cutoff(silence=silence))  # type: ignore[arg-type]  # One of its words.
    assert gate.verdict(claims(), START) == code
    gate.answers[AskCutoffs] = cutoffs(by_tester={"tester_2": START})
    gate.tend(START + 5.0)
    gate.answers.clear()
    assert gate.verdict(claims(), START + 100.0) == code
    assert gate.verdict(claims(tester_id="tester_2"), START + 100.0) == "token_revoked"


def test_what_was_overtaken_takes_nothing_back(front: Make, claims: Callable[..., Claims]) -> None:
    gate = front(Cutoff())
    gate.view.learn(AskCutoffs(), cutoffs(seq=2, everything=START), START + 1.0)
    gate.view.learn(AskCutoffs(), cutoffs(seq=1), START)
    gate.view.learn(AskCutoffs(), cutoffs(seq=1), START + 2.0)
    assert gate.verdict(claims(), START + 2.0) == "token_revoked"
    gate.view.learn(AskCutoffs(), cutoffs(seq=1, feed="key_other"), START + 3.0)
    assert gate.verdict(claims(), START + 3.0) == "admitted"


def test_an_authority_that_was_restored_from_a_backup_is_believed(
    front: Make, claims: Callable[..., Claims]
) -> None:
    gate = front(Cutoff())
    gate.view.learn(AskCutoffs(), cutoffs(seq=9), START)
    gate.view.learn(AskCutoffs(), cutoffs(seq=8, at=START + 2.0, everything=START + 1.0), START + 2.0)
    assert gate.verdict(claims(), START + 2.0) == "token_revoked"


@pytest.mark.parametrize("kind", ["token", "tester", "cohort", "issued_before", "key", "all"])
def test_the_authority_widens_every_scope_to_instants(the_range: Range, kind: str) -> None:
    tester_id, token = the_range.tester_with_token("artists")
    scope = the_range.scope_around(token, kind)
    the_range.clock.advance(5.0)
    the_range.authority.responder.revoke(scope, "leak", "operator")
    told, now = the_range.authority.gates.cutoffs(), the_range.clock.now()
    expected: dict[str, tuple[object, ...]] = {
        "token": ({tester_id: now}, {}, None),
        "tester": ({tester_id: now}, {}, None),
        "cohort": ({}, {"artists": now}, None),
        "issued_before": ({}, {}, START),
        "key": ({}, {}, now),
        "all": ({}, {}, now),
    }
    assert (told.by_tester, told.by_cohort, told.everything) == expected[kind]
    assert (told.feed, told.seq, told.at, told.paused) == (the_range.authority.feed.name, 1, now, False)
    assert the_range.replayed().gates.cutoffs() == told


def test_a_key_that_is_retired_takes_along_what_it_signed_and_nothing_newer(the_range: Range) -> None:
    the_range.tester_with_token()
    the_range.clock.advance(10.0)
    the_range.authority.operator.rotate_key("operator", overlap=60.0)
    out_of_use = the_range.clock.now()
    the_range.clock.advance(30.0)
    the_range.tester_with_token()
    assert the_range.authority.gates.cutoffs().everything is None
    the_range.clock.advance(31.0)
    assert the_range.authority.gates.cutoffs().everything == out_of_use
    assert the_range.replayed().gates.cutoffs() == the_range.authority.gates.cutoffs()


def test_a_suspension_becomes_a_cutoff_that_outlasts_it(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token()
    now = the_range.clock.now()
    the_range.authority.responder.suspend(TesterScope(tester_id), 60.0, "odd", "operator")
    the_range.clock.advance(61.0)
    assert the_range.authority.gates.cutoffs().by_tester == {tester_id: now}


def test_who_has_left_and_a_pause_are_told_too(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token()
    the_range.authority.operator.remove_tester(tester_id, "operator")
    the_range.authority.responder.pause("leak", "operator")
    told = the_range.authority.gates.cutoffs()
    assert tester_id in told.by_tester
    assert told.paused


def test_of_two_cutoffs_on_one_tester_the_later_one_is_told(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    responder = the_range.authority.responder
    the_range.clock.advance(10.0)
    responder.revoke(TesterScope(tester_id), "leak", "operator")
    later = the_range.clock.now()
    responder.revoke(TokenScope(the_range.jti(token)), "leak", "operator")
    assert the_range.authority.gates.cutoffs().by_tester == {tester_id: later}


def test_the_end_of_a_token_that_has_expired_moves_nothing(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    jti = the_range.jti(the_range.token(tester_id, tester_key))
    the_range.clock.advance(2 * the_range.authority.policy.token_lifetime)
    the_range.token(tester_id, tester_key)  # Now the expired one leaves the books.
    the_range.authority.responder.revoke(KeyScope(the_range.authority.gates.cutoffs().feed), "leak", "operator")
    assert jti not in the_range.authority.programme.tokens
    assert the_range.authority.gates.cutoffs().by_tester == {}


def test_a_family_is_widened_to_its_tester(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token()
    now = the_range.authority.settle()
    the_range.authority.record(FamilyStarted(now, "family_1", tester_id, "videos", now + 60.0))
    the_range.clock.advance(1.0)
    the_range.authority.responder.revoke(FamilyScope("family_1"), "leak", "operator")
    assert the_range.authority.gates.cutoffs().by_tester == {tester_id: now + 1.0}
