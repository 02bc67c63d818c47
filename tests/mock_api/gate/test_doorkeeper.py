"""The driver's loop: which answer serves which request, what silence means, what is asked between requests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mock_api.core.access_tokens import Claims, TokenReader
from mock_api.core.enforcement import Introspection, Pull
from mock_api.core.enforcement.point import EnforcementPoint
from mock_api.core.enforcement.questions import AskSnapshot, AskToken, Question, TokenStatus, Unchanged
from mock_api.core.enforcement.view import Arrival
from mock_api.core.errors import TokenRevoked, ViewStale
from mock_api.gate.doorkeeper import Doorkeeper
from mock_api.gate.figures import Figures
from tests.mock_api.web.conftest import START, HandClock

CLAIMS = Claims("at_1", "tester_1", "key_1", START - 10.0, START + 1000.0, "videos.read", "artists")


class Asked:
    """An authority whose answers are given by hand."""

    def __init__(self) -> None:
        self.questions: list[tuple[Question, asyncio.Future[Any]]] = []
        self.keys: dict[str, object] = {}

    async def ask(self, question: Question, token: str | None) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.questions.append((question, answer))
        return await answer

    def answer(self, value: object, number: int = -1) -> None:
        self.questions[number][1].set_result(value)


class Desk:
    """A doorkeeper with its clock and its authority."""

    def __init__(self, enforcement: Introspection | Pull) -> None:
        self.clock, self.authority = HandClock(), Asked()
        self.keeper = Doorkeeper(
            EnforcementPoint("gate-1", enforcement.view()), self.authority,  # type: ignore[arg-type]
            TokenReader({}, "iss", "aud"), self.clock, Figures(),
        )

    def knock(self) -> asyncio.Task[None]:
        """A request that comes now."""
        return asyncio.create_task(self.keeper.decide("token", CLAIMS, Arrival(self.clock.at)))


async def turns(count: int = 5) -> None:
    """Let everybody have some turns."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_requests_that_came_before_the_question_share_its_answer() -> None:
    desk = Desk(Introspection())
    knocks = [desk.knock() for _ in range(10)]
    await turns()
    assert len(desk.authority.questions) == 1
    desk.authority.answer(TokenStatus(True))
    await asyncio.gather(*knocks)
    assert len(desk.authority.questions) == 1


async def test_an_answer_asked_for_before_the_request_came_does_not_serve_it() -> None:
    desk = Desk(Introspection())
    first = desk.knock()
    await turns()
    desk.clock.at += 0.010  # The authority may have answered the first question by now, before a revocation.
    late = [desk.knock(), desk.knock()]
    await turns()
    assert len(desk.authority.questions) == 1
    desk.authority.answer(TokenStatus(True))
    await first
    await turns()
    assert len(desk.authority.questions) == 2  # One question for both who came late.
    desk.authority.answer(TokenStatus(False))
    for knock in late:
        with pytest.raises(TokenRevoked):
            await knock


async def test_with_a_ttl_an_answer_under_way_serves_who_comes_late() -> None:
    desk = Desk(Introspection(ttl=5.0))
    first = desk.knock()
    await turns()
    desk.clock.at += 0.010
    late = desk.knock()
    await turns()
    desk.authority.answer(TokenStatus(True))
    await asyncio.gather(first, late)
    assert len(desk.authority.questions) == 1


async def test_different_tokens_are_asked_about_side_by_side() -> None:
    desk = Desk(Introspection())
    other = Claims("at_2", "tester_1", "key_1", START - 10.0, START + 1000.0, "videos.read", "artists")
    one = desk.knock()
    two = asyncio.create_task(desk.keeper.decide("token", other, Arrival(desk.clock.at)))
    await turns()
    assert {question for question, _ in desk.authority.questions} == {AskToken("at_1"), AskToken("at_2")}
    desk.authority.answer(TokenStatus(True), 0)
    desk.authority.answer(TokenStatus(True), 1)
    await asyncio.gather(one, two)


async def test_silence_is_decided_as_declared() -> None:
    closed, open_ = Desk(Introspection()), Desk(Introspection(silence="fail-open"))
    for desk in (closed, open_):
        knock = desk.knock()
        await turns()
        desk.authority.answer(None)
        if desk is closed:
            with pytest.raises(ViewStale):
                await knock
        else:
            await knock


async def test_a_question_that_breaks_leaves_nobody_waiting() -> None:
    desk = Desk(Introspection())
    first, second = desk.knock(), desk.knock()
    await turns()
    desk.authority.questions[0][1].set_exception(RuntimeError("a flaw"))
    for knock in (first, second):  # Neither is let in, or told of a silence: nobody knows what the authority said.
        with pytest.raises(RuntimeError):
            await knock


@pytest.mark.parametrize("silence", ["fail-closed", "fail-open"])
async def test_who_asked_first_may_hang_up_and_the_others_hear_the_answer(silence: Any) -> None:
    desk = Desk(Introspection(silence=silence))
    first, second = desk.knock(), desk.knock()
    await turns()
    first.cancel()
    await turns()
    assert not second.done()  # A caller who is gone is no silence of the authority.
    desk.authority.answer(TokenStatus(False))
    with pytest.raises(TokenRevoked):
        await second


async def test_between_requests_the_view_gets_what_it_wants_when_it_is_due() -> None:
    desk = Desk(Pull(every=30.0))
    keeping = asyncio.create_task(desk.keeper.keep_up())
    try:
        await turns()
        assert [question for question, _ in desk.authority.questions] == [AskSnapshot()]
        desk.authority.answer(None)
        await asyncio.sleep(0.1)
        assert len(desk.authority.questions) == 1  # Not again before the timeout is over.
        desk.clock.at += 5.0
        async with asyncio.timeout(3):
            while len(desk.authority.questions) < 2:
                await asyncio.sleep(0.01)
        desk.authority.answer(Unchanged())
    finally:
        keeping.cancel()
