"""Key rotation: gates know the key set and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import KeyRotation
from mock_api.core.enforcement.questions import AskKeys, Keys

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0
Make = Callable[..., "Front"]


def keys(*kids: str) -> Keys:
    return Keys(frozenset(kids))


@pytest.fixture
def gate(front: Make) -> Front:
    """A gate that has fetched the key set with key_1."""
    gate = front(KeyRotation(max_age=60.0, timeout=5.0))
    gate.answers[AskKeys] = keys("key_1")
    assert gate.tend(START) == 1
    gate.asked.clear()
    return gate


def test_a_published_key_opens_the_door(gate: Front, claims: Callable[..., Claims]) -> None:
    assert gate.verdict(claims(), START + 1.0) == "admitted"
    assert gate.asked == []


def test_a_key_that_is_gone_closes_it_once_that_is_known(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.answers[AskKeys] = keys("key_2")
    assert gate.verdict(claims(), START + 59.9) == "admitted"  # The lag that nobody should call instant.
    gate.tend(START + 60.0)
    assert gate.verdict(claims(), START + 61.0) == "token_revoked"


def test_whose_key_is_known_to_be_gone_is_told_so_each_time_and_causes_no_question(
    gate: Front, claims: Callable[..., Claims]
) -> None:
    gate.answers[AskKeys] = keys("key_2")
    gate.tend(START + 60.0)
    gate.asked.clear()

    assert {gate.verdict(claims(), START + 60.0 + tenth / 10) for tenth in range(100)} == {"token_revoked"}
    assert gate.asked == []


def test_a_new_key_is_looked_up_by_its_first_token(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.answers[AskKeys] = keys("key_1", "key_2")
    assert gate.verdict(claims(kid="key_2"), START + 10.0) == "admitted"
    assert gate.asked == [AskKeys()]
    assert gate.view.wants() == (START + 70.0, AskKeys())


def test_forged_keys_cause_no_flood(gate: Front, claims: Callable[..., Claims]) -> None:
    for number in range(1000):
        verdict = gate.verdict(claims(kid=f"forged_{number}"), START + 10.0 + number / 1000)
        assert verdict in ("token_revoked", "view_stale")
    assert len(gate.asked) == 1
    assert gate.verdict(claims(kid="forged"), START + 11.0) == "token_revoked"
    assert len(gate.asked) == 2


def test_a_key_that_may_be_new_is_told_to_come_back(gate: Front, claims: Callable[..., Claims]) -> None:
    assert gate.verdict(claims(kid="forged"), START + 10.0) == "token_revoked"
    refusal = gate.refusal(claims(kid="key_2"), START + 10.5)
    assert refusal is not None
    assert (refusal.code, refusal.retry_after) == ("view_stale", 1.0)


@pytest.mark.parametrize(
    ("silence", "grace", "admitted_for"),
    [("fail-closed", 0.0, 65.0), ("grace", 30.0, 95.0), ("fail-open", 0.0, 3000.0)],
)
def test_in_silence_it_does_as_declared(
    front: Make, claims: Callable[..., Claims], silence: str, grace: float, admitted_for: float
) -> None:
    gate = front(KeyRotation(max_age=60.0, timeout=5.0, silence=silence, grace=grace))  # type: ignore[arg-type]
    gate.answers[AskKeys] = keys("key_1")
    gate.tend(START)
    gate.answers.clear()
    assert gate.verdict(claims(), START + admitted_for) == "admitted"
    if silence != "fail-open":
        assert gate.verdict(claims(), START + admitted_for + 0.1) == "view_stale"
    assert gate.verdict(claims(kid="unknown"), START + admitted_for) == "view_stale"


def test_without_any_key_set_silence_decides_at_once(front: Make, claims: Callable[..., Claims]) -> None:
    gate = front(KeyRotation(silence="fail-open"))
    assert [gate.verdict(claims(), START + tenth / 10) for tenth in range(10)] == ["admitted"] * 10
    assert len(gate.asked) == 1
    assert front(KeyRotation()).verdict(claims(), START) == "view_stale"


def test_a_key_set_that_was_overtaken_is_dropped(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.view.learn(AskKeys(), keys("key_2"), START + 30.0)
    gate.view.learn(AskKeys(), keys("key_1"), START + 20.0)
    gate.view.learn(AskKeys(), None, START + 20.0)
    assert gate.view.wants() == (START + 90.0, AskKeys())
    assert gate.verdict(claims(), START + 31.0) == "token_revoked"
