"""Introspection: ask about each token, remember the answer for `ttl` seconds from when it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.enforcement import Introspection, introspection
from mock_api.core.enforcement.questions import AskToken, TokenStatus
from mock_api.core.enforcement.view import Arrival

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from tests.mock_api.core.enforcement.conftest import Front

START = 4_102_444_800.0


@pytest.fixture
def token(claims: Callable[..., Claims]) -> Claims:
    return claims()


def test_without_a_memory_every_request_asks(front: Callable[..., Front], token: Claims) -> None:
    gate = front(Introspection(ttl=0.0))
    gate.answers[AskToken] = TokenStatus(True)
    for second in (0.0, 0.0, 1.0):
        assert gate.verdict(token, START + second) == "admitted"
    assert gate.asked == [AskToken("at_1")] * 2  # Two requests of one instant may share an answer.
    gate.answers[AskToken] = TokenStatus(False)
    assert gate.verdict(token, START + 2.0) == "token_revoked"


def test_an_answer_asked_for_before_the_request_came_is_not_fresh_enough(
    front: Callable[..., Front], token: Claims
) -> None:
    view = front(Introspection(ttl=0.0)).view
    arrival = Arrival(START + 1.0)
    view.learn(AskToken("at_1"), TokenStatus(True), START + 0.9)
    assert view.judge(token, arrival, START + 1.1) == AskToken("at_1")
    view.learn(AskToken("at_1"), TokenStatus(True), START + 1.1)
    assert view.judge(token, arrival, START + 1.2) is None


def test_an_answer_serves_for_its_time_from_when_it_was_asked_for(
    front: Callable[..., Front], token: Claims
) -> None:
    gate = front(Introspection(ttl=60.0))
    gate.answers[AskToken] = TokenStatus(True)
    assert gate.verdict(token, START) == "admitted"
    gate.answers[AskToken] = TokenStatus(False)
    assert gate.verdict(token, START + 59.9) == "admitted"
    assert gate.verdict(token, START + 60.0) == "token_revoked"
    assert len(gate.asked) == 2


def test_a_no_is_not_remembered_for_longer_than_a_yes(front: Callable[..., Front], token: Claims) -> None:
    gate = front(Introspection(ttl=60.0))
    gate.answers[AskToken] = TokenStatus(False)
    assert gate.verdict(token, START) == "token_revoked"
    gate.answers[AskToken] = TokenStatus(True)  # It was a suspension.
    assert gate.verdict(token, START + 59.9) == "token_revoked"
    assert gate.verdict(token, START + 60.0) == "admitted"


def test_an_answer_that_was_overtaken_is_dropped(front: Callable[..., Front], token: Claims) -> None:
    gate = front(Introspection(ttl=60.0))
    gate.view.learn(AskToken("at_1"), TokenStatus(False), START + 1.0)
    gate.view.learn(AskToken("at_1"), TokenStatus(True), START + 0.5)
    assert gate.verdict(token, START + 2.0) == "token_revoked"


def test_a_clock_that_was_set_back_makes_no_answer_younger(front: Callable[..., Front], token: Claims) -> None:
    gate = front(Introspection(ttl=60.0))
    gate.view.learn(AskToken("at_1"), TokenStatus(True), START + 1000.0)
    gate.answers[AskToken] = TokenStatus(False)
    assert gate.view.judge(token, Arrival(START + 2000.0), START + 2000.0) == AskToken("at_1")


def test_silence_closes_the_gate(front: Callable[..., Front], token: Claims) -> None:
    gate = front(Introspection(ttl=60.0))
    assert gate.verdict(token, START) == "view_stale"
    gate.answers[AskToken] = TokenStatus(True)
    assert gate.verdict(token, START + 1.0) == "admitted"
    del gate.answers[AskToken]
    assert gate.verdict(token, START + 60.9) == "admitted"  # Remembered, so nobody is asked.
    assert gate.verdict(token, START + 61.0) == "view_stale"


def test_silence_opens_the_gate_but_not_to_whom_it_was_closed_last(
    front: Callable[..., Front], claims: Callable[..., Claims]
) -> None:
    gate = front(Introspection(ttl=60.0, silence="fail-open"))
    assert gate.verdict(claims(), START) == "admitted"
    gate.answers[AskToken] = TokenStatus(False)
    assert gate.verdict(claims(jti="at_2"), START) == "token_revoked"
    del gate.answers[AskToken]
    assert gate.verdict(claims(jti="at_2"), START + 600.0) == "token_revoked"
    assert gate.verdict(claims(jti="at_3"), START + 600.0) == "admitted"


def test_in_the_grace_an_old_answer_serves_longer_and_a_stranger_stays_outside(
    front: Callable[..., Front], claims: Callable[..., Claims]
) -> None:
    gate = front(Introspection(ttl=10.0, silence="grace", grace=20.0))
    gate.answers[AskToken] = TokenStatus(True)
    assert gate.verdict(claims(), START) == "admitted"
    del gate.answers[AskToken]
    assert gate.verdict(claims(), START + 29.9) == "admitted"
    assert gate.verdict(claims(), START + 30.0) == "view_stale"
    assert gate.verdict(claims(jti="at_2"), START + 1.0) == "view_stale"


def test_the_memory_is_bounded_and_forgets_what_was_not_used(
    front: Callable[..., Front], claims: Callable[..., Claims], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introspection, "REMEMBERED", 3)
    gate = front(Introspection(ttl=60.0))
    gate.answers[AskToken] = TokenStatus(True)
    for jti in ("a", "b", "c", "a", "d"):
        gate.verdict(claims(jti=jti), START)
    gate.asked.clear()
    for jti in ("a", "c", "d", "b"):
        gate.verdict(claims(jti=jti), START + 1.0)
    assert gate.asked == [AskToken("b")]
