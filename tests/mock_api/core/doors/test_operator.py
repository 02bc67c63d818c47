"""The programme in quiet times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_api.core.errors import AlreadySettled, Invalid, NotFound
from mock_api.core.events import PolicyAdopted, Revoked
from mock_api.core.policy import Policy, Quota
from mock_api.core.scopes import AllScope, TesterScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range


def test_the_operator_key_is_shown_once(the_range: Range) -> None:
    operator = the_range.authority.operator
    key = operator.ensure_operator_key()
    assert key is not None
    assert operator.ensure_operator_key() is None
    assert operator.is_operator_key(key)
    assert key.encode() not in the_range.vault._secrets.values()


@pytest.mark.parametrize("guess", ["", "llo_", "llo_" + "0" * 38, "\ud800", "x" * 10**6])
def test_a_guess_is_not_the_operator_key(the_range: Range, guess: str) -> None:
    assert not the_range.authority.operator.is_operator_key(guess)
    the_range.authority.operator.ensure_operator_key()
    assert not the_range.authority.operator.is_operator_key(guess)


def test_a_tester_key_is_not_the_operator_key(the_range: Range) -> None:
    the_range.authority.operator.ensure_operator_key()
    _, tester_key = the_range.invite()
    assert not the_range.authority.operator.is_operator_key(tester_key)


def test_hundreds_are_invited_in_one_call(the_range: Range) -> None:
    invited = the_range.authority.operator.invite_many(300, "artists", by="operator")
    assert len({tester.tester_key for tester in invited}) == 300
    assert len({tester.tester_id for tester in invited}) == 300
    assert {tester.state for tester in the_range.authority.operator.list_testers()} == {"invited"}
    the_range.admit(the_range.token(invited[-1].tester_id, invited[-1].tester_key))


def test_people_are_invited_by_name_and_quota(the_range: Range) -> None:
    quota = Quota(requests_per_minute=7)
    names = ["Ada", "Ben"]
    invited = the_range.authority.operator.invite_many(names, "artists", by="operator", quota=quota)
    assert [tester.name for tester in invited] == names
    assert {tester.quota for tester in the_range.authority.operator.list_testers()} == {quota}


@pytest.mark.parametrize(
    ("people", "cohort", "param"),
    [
        (0, "artists", "count"),
        (-1, "artists", "count"),
        (10_001, "artists", "count"),
        ([], "artists", "count"),
        (["Ada", ""], "artists", "name"),
        (["x" * 121], "artists", "name"),
        (1, "", "cohort"),
        (1, "x" * 61, "cohort"),
        (1, "two\nlines", "cohort"),
    ],
)
def test_an_impossible_invitation_is_invalid_and_invites_nobody(
    the_range: Range, people: int | list[str], cohort: str, param: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        the_range.authority.operator.invite_many(people, cohort, by="operator")
    assert refusal.value.param == param
    assert the_range.authority.operator.list_testers() == []


def test_a_tester_key_given_as_a_name_is_blanked(the_range: Range) -> None:
    _, tester_key = the_range.invite()
    the_range.authority.operator.invite(tester_key, "artists", by="operator")
    assert tester_key not in repr(the_range.events)


def test_a_tester_leaves_once(the_range: Range) -> None:
    tester_id, _ = the_range.invite()
    operator = the_range.authority.operator
    assert operator.remove_tester(tester_id, "operator").state == "left"
    with pytest.raises(AlreadySettled):
        operator.remove_tester(tester_id, "operator")
    with pytest.raises(AlreadySettled):
        operator.reissue_key(tester_id, "operator")


def test_nobody_removes_a_stranger(the_range: Range) -> None:
    with pytest.raises(NotFound):
        the_range.authority.operator.remove_tester("tester_0", "operator")
    with pytest.raises(NotFound):
        the_range.authority.operator.list_tokens("tester_0")


def test_tokens_are_listed_by_tester_and_by_state(the_range: Range) -> None:
    ada, adas_token = the_range.tester_with_token()
    ben, bens_token = the_range.tester_with_token()
    operator, now = the_range.authority.operator, the_range.clock.now()
    the_range.authority.record(Revoked(now, "r", TesterScope(ada), "leaked", "operator", None))
    states = {token.tester_id: token.state for token in operator.list_tokens()}
    assert states == {ada: "refused", ben: "live"}
    assert [token.jti for token in operator.list_tokens(ada)] == [the_range.jti(adas_token)]
    assert [token.jti for token in operator.list_tokens(live_only=True)] == [the_range.jti(bens_token)]
    the_range.clock.advance(3600.0)
    assert {token.state for token in operator.list_tokens()} == {"expired"}


def test_the_token_of_a_tester_who_left_is_not_live(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token()
    the_range.authority.operator.remove_tester(tester_id, "operator")
    assert the_range.authority.operator.list_tokens(live_only=True) == []


def test_a_tester_whose_key_was_revoked_is_seen_to_have_none(the_range: Range) -> None:
    the_range.invite()
    now = the_range.clock.now()
    the_range.authority.record(Revoked(now, "r", AllScope(), "leaked", "operator", None))
    assert [tester.has_key for tester in the_range.authority.operator.list_testers()] == [False]


def test_a_policy_is_adopted_and_kept(the_range: Range) -> None:
    policy = Policy(name="short", token_lifetime=60.0)
    the_range.authority.operator.adopt_policy(policy, "operator")
    assert the_range.authority.policy == policy
    assert the_range.of(PolicyAdopted)[-1] == PolicyAdopted(the_range.clock.now(), policy, "operator")
    assert the_range.replayed().policy == policy
