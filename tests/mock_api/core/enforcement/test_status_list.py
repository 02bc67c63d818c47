"""Status lists: every token has a place in a signed array that anybody may fetch and cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import StatusLists, status_list
from mock_api.core.enforcement.questions import AskStatusList, StatusList

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0
URI = "https://leaklab.invalid/status-lists/1"
EIGHT = bytes([0b01_00_10_01, 0b00_00_00_11])  # Two bits each, the first lowest: 1, 2, 0, 1, 3, 0, 0, 0.
Make = Callable[..., "Front"]


def a_list(
    statuses: bytes = EIGHT, bits: int = 2, uri: str = URI, expires_at: float | None = None, ttl: float | None = None
) -> StatusList:
    return StatusList(uri, bits, statuses, START, expires_at, ttl)


@pytest.fixture
def gate(front: Make) -> Front:
    gate = front(StatusLists(ttl=30.0, timeout=5.0))
    gate.answers[AskStatusList] = a_list()
    return gate


@pytest.mark.parametrize(
    ("index", "code"),
    [
        (0, "token_revoked"), (1, "tester_suspended"), (2, "admitted"), (3, "token_revoked"), (4, "token_revoked"),
        (7, "admitted"), (8, "token_unknown"), (10**18, "token_unknown"),
    ],
)
def test_two_bits_say_valid_revoked_or_suspended(
    gate: Front, claims: Callable[..., Claims], index: int, code: str
) -> None:
    assert gate.verdict(claims(status=(URI, index)), START) == code


@pytest.mark.parametrize(("index", "code"), [(0, "token_revoked"), (1, "admitted"), (15, "token_revoked")])
def test_one_bit_says_valid_or_not(front: Make, claims: Callable[..., Claims], index: int, code: str) -> None:
    gate = front(StatusLists(bits=1))
    gate.answers[AskStatusList] = a_list(bytes.fromhex("b9a3"), bits=1)  # Token Status List §4.1, first example.
    assert gate.verdict(claims(status=(URI, index)), START) == code


def test_a_token_without_a_place_is_refused(gate: Front, claims: Callable[..., Claims]) -> None:
    assert gate.verdict(claims(), START) == "token_unknown"
    assert gate.asked == []
    assert gate.point.view.unanswered(claims(), None, START) is not None  # type: ignore[arg-type]


def test_a_list_is_fetched_once_and_serves_for_its_time(gate: Front, claims: Callable[..., Claims]) -> None:
    token = claims(status=(URI, 2))
    for second in (0.0, 10.0, 30.0):
        assert gate.verdict(token, START + second) == "admitted"
    assert gate.asked == [AskStatusList(URI)]
    gate.answers[AskStatusList] = a_list(bytes([0b01_01_01_01]))
    assert gate.verdict(token, START + 30.1) == "token_revoked"


def test_a_list_may_allow_less_time_than_the_gate(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.answers[AskStatusList] = a_list(ttl=10.0)
    token = claims(status=(URI, 2))
    gate.verdict(token, START)
    gate.verdict(token, START + 10.1)
    assert len(gate.asked) == 2


def test_a_list_in_use_is_renewed_before_its_time_is_up(gate: Front, claims: Callable[..., Claims]) -> None:
    assert gate.view.wants() is None
    gate.verdict(claims(status=(URI, 2)), START)
    assert gate.view.wants() == (START + 27.0, AskStatusList(URI))
    assert gate.tend(START + 27.0) == 1
    assert gate.view.wants() is None  # Until somebody uses the new one.
    assert gate.verdict(claims(status=(URI, 2)), START + 57.0) == "admitted"
    assert len(gate.asked) == 2


def test_a_renewal_that_fails_is_tried_again(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.verdict(claims(status=(URI, 2)), START)
    gate.answers.clear()
    gate.tend(START + 27.0)
    assert gate.view.wants() == (START + 32.0, AskStatusList(URI))


@pytest.mark.parametrize("wrong", [a_list(uri="https://leaklab.invalid/status-lists/2"), a_list(expires_at=START)])
def test_a_list_of_another_name_or_past_its_end_is_no_list(
    gate: Front, claims: Callable[..., Claims], wrong: StatusList
) -> None:
    gate.answers[AskStatusList] = wrong
    assert gate.verdict(claims(status=(URI, 2)), START) == "view_stale"


def test_a_list_ends_with_its_own_exp_however_young_it_is(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.answers[AskStatusList] = a_list(expires_at=START + 3.0)
    assert gate.verdict(claims(status=(URI, 2)), START) == "admitted"
    gate.answers.clear()
    assert gate.verdict(claims(status=(URI, 2)), START + 3.0) == "admitted"  # The silence begins only now.
    assert gate.verdict(claims(status=(URI, 2)), START + 3.1) == "view_stale"


@pytest.mark.parametrize(
    ("silence", "grace", "admitted_for"),
    [("fail-closed", 0.0, 35.0), ("grace", 60.0, 95.0), ("fail-open", 0.0, 3000.0)],
)
def test_in_silence_it_does_as_declared(
    front: Make, claims: Callable[..., Claims], silence: str, grace: float, admitted_for: float
) -> None:
    gate = front(StatusLists(ttl=30.0, timeout=5.0, silence=silence, grace=grace))  # type: ignore[arg-type]
    gate.answers[AskStatusList] = a_list()
    gate.verdict(claims(status=(URI, 2)), START)
    gate.answers.clear()
    assert gate.verdict(claims(status=(URI, 2)), START + admitted_for) == "admitted"
    assert gate.verdict(claims(status=(URI, 0)), START + admitted_for) == "token_revoked"
    if silence != "fail-open":
        assert gate.verdict(claims(status=(URI, 2)), START + admitted_for + 0.1) == "view_stale"
    elsewhere = claims(status=("https://leaklab.invalid/status-lists/2", 0))
    assert gate.verdict(elsewhere, START) == ("admitted" if silence == "fail-open" else "view_stale")


def test_a_list_that_was_overtaken_is_dropped(gate: Front, claims: Callable[..., Claims]) -> None:
    gate.view.learn(AskStatusList(URI), a_list(bytes(2)), START + 5.0)
    gate.view.learn(AskStatusList(URI), a_list(), START + 1.0)
    assert gate.verdict(claims(status=(URI, 0)), START + 6.0) == "admitted"


def test_the_number_of_lists_held_is_bounded(
    gate: Front, claims: Callable[..., Claims], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_list, "HELD", 2)
    for number in (1, 2, 1, 3, 1, 2):
        uri = f"https://leaklab.invalid/status-lists/{number}"
        gate.answers[AskStatusList] = a_list(uri=uri)
        assert gate.verdict(claims(status=(uri, 2)), START) == "admitted"
    assert [str(question).rpartition("/")[2][0] for question in gate.asked] == ["1", "2", "3", "2"]
