"""Random revocations at a real authority, over a network that loses, doubles, delays and overtakes.

For every enforcement: within its declared bound no covered token is admitted; while nobody answers it does as it
declares; and once all is quiet and healed its verdicts are the authority's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement import (
    Cutoff,
    Enforcement,
    ExpiryOnly,
    Freshness,
    InProcess,
    Introspection,
    KeyRotation,
    Pull,
    Push,
    StatusLists,
)
from mock_api.core.enforcement.questions import Answer, Notice, Pulse, Question
from mock_api.core.enforcement.view import Arrival
from mock_api.core.errors import Refusal
from tests.mock_api.core.enforcement.response import ANY, WEATHER, Response

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range
    from tests.mock_api.core.enforcement.conftest import Front

Thing = TypeVar("Thing")
LIFETIME = 1e6           # seconds; expiry has tests of its own
ROUNDING = 1e-3          # seconds; floats near the year 2100 have no finer steps than 5e-7

DECLARED: list[Enforcement] = [
    ExpiryOnly(),
    *(
        kind
        for silence in ("fail-closed", "grace", "fail-open")
        for kind in (
            Introspection(ttl=0.0, silence=silence, grace=20.0),
            Introspection(ttl=15.0, silence=silence, grace=20.0),
            Push(silence=silence, grace=20.0),
            Pull(every=20.0, silence=silence, grace=20.0),
            StatusLists(ttl=20.0, size=128, silence=silence, grace=20.0),
            Cutoff(every=20.0, silence=silence, grace=20.0),
            KeyRotation(max_age=20.0, silence=silence, grace=20.0),
            Freshness(every=20.0, silence=silence, grace=20.0),
        )
    ),
]


@dataclass
class Flight:
    """A question under way, and its answer once the authority has given it."""

    question: Question
    asked_at: float      # by the gate's clock
    answer: Answer | None = None


class Story(Response):
    """The range behind one gate in front, and what is between them."""

    def __init__(
        self, opened: Range, gate: Front, declared: Enforcement, ask: Callable[..., Answer]
    ) -> None:
        super().__init__(opened, declared)
        self.gate, self.ask = gate, ask
        self.gate.ask = self.answer_at_once
        self.flights: list[Flight] = []
        self.news: list[Notice | Pulse] = []
        self.told = 0
        self.answering = True
        self.skew = 0.0

    # --- time and network -----------------------------------------------------------------------------------

    @rule(seconds=st.one_of(st.floats(0.0, 2.0), st.floats(0.0, 40.0)))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.range.clock.advance(seconds)

    @rule(
        act=st.sampled_from(["revoke", "revoke", "suspend", "nothing"]), number=ANY, half_seconds=st.integers(1, 90),
        weather=st.sampled_from(sorted(WEATHER)),
    )
    def act_and_live(self, act: str, number: int, half_seconds: int, weather: str) -> None:
        """Something is stopped, and a while goes by."""
        if act == "revoke":
            self.revoke(number, ("token", "tester", "key")[number % 3])
        elif act == "suspend":
            self.stop_for_a_while_or_go_on(number, 60.0, "tester")
        self.live(half_seconds, *WEATHER[weather])

    def live(self, half_seconds: int, notices: bool, pulses: float, answers: float) -> None:
        """A while goes by in which notices come at once or never, pulses and answers late or never."""
        said: list[tuple[float, Pulse]] = []
        for _ in range(half_seconds):
            self.range.clock.advance(0.5)
            now = self.range.authority.settle()
            self.publish()
            while notices and self.news:
                self.gate.view.hear(self.news.pop(0), self.now)
            said.append((now + pulses, self.range.authority.gates.pulse()))
            while said and said[0][0] <= now:
                self.gate.view.hear(said.pop(0)[1], self.now)
            self.ask_what_is_due()
            for flight in [each for each in self.flights if each.asked_at + min(answers, 5.0) <= self.now]:
                self.flights.remove(flight)
                answer = None if answers == inf else flight.answer or self.answered(flight.question, None)
                self.gate.view.learn(flight.question, answer, flight.asked_at)
            self.hold()

    @precondition(lambda self: not self.flights and isinstance(self.declared, Push))
    @rule(skew=st.floats(-1.0, 1.0))
    def step_the_clock(self, skew: float) -> None:
        """The gate's clock is set anew, within what is declared."""
        self.skew = skew

    @rule()
    def pulse(self) -> None:
        """The authority gives a sign of life, or tries to."""
        self.publish()
        self.news.append(self.range.authority.gates.pulse())

    @precondition(lambda self: self.news)
    @rule(number=ANY, again=st.booleans())
    def hear(self, number: int, again: bool) -> None:
        """Some news arrives, not always in order, and not always once."""
        self.gate.view.hear(self.taken(self.news, number, again), self.now)

    @rule()
    def ask_what_is_due(self) -> None:
        """The gate sends what it wants to know."""
        wanted = self.gate.view.wants()
        if wanted is not None and wanted[0] <= self.now and len(self.flights) < 4:
            self.flights.append(Flight(wanted[1], self.now))

    @precondition(lambda self: self.flights)
    @rule(number=ANY)
    def answer(self, number: int) -> None:
        """A question reaches the authority."""
        flight = self.flights[number % len(self.flights)]
        if flight.answer is None:
            flight.answer = self.answered(flight.question, None)

    @precondition(lambda self: any(flight.answer for flight in self.flights))
    @rule(number=ANY, again=st.booleans())
    def arrive(self, number: int, again: bool) -> None:
        """An answer reaches the gate."""
        flight = self.taken([each for each in self.flights if each.answer], number, True)
        if not again:
            self.flights.remove(flight)
        self.gate.view.learn(flight.question, flight.answer, flight.asked_at)

    @precondition(lambda self: self.flights or self.news)
    @rule(number=ANY)
    def lose(self, number: int) -> None:
        """Something never arrives."""
        if self.news and number % 2:
            self.taken(self.news, number // 2, False)
        elif self.flights:
            flight = self.taken(self.flights, number // 2, False)
            self.gate.view.learn(flight.question, None, flight.asked_at)

    @rule(answering=st.booleans())
    def cut_or_heal(self, answering: bool) -> None:
        """Questions that requests wait for find an answer, or none."""
        self.answering = answering

    # --- requests -------------------------------------------------------------------------------------------

    @rule(number=ANY)
    def knock(self, number: int) -> None:
        """A request comes, and may ask."""
        token = self.some(number)
        self.range.authority.settle()
        self.check(token, self.gate.verdict(self.claims(token), self.now))

    @invariant()
    def hold(self) -> None:
        """At every instant, whoever came now and found nobody to ask would be treated as declared."""
        self.range.authority.settle()
        self.publish()
        for token in self.tokens:
            claims, arrival, verdict = self.claims(token), Arrival(self.now), "admitted"
            try:
                if self.gate.point.judge(claims, arrival, self.now) is not None:
                    self.gate.point.unanswered(claims, arrival, self.now)
            except Refusal as refusal:
                verdict = refusal.code
            self.check(token, verdict)

    def check(self, token: str, verdict: str) -> None:
        """What was refused for longer than the bound is not let in; who is declared open does not close."""
        if verdict == "admitted":
            assert self.range.clock.now() - self.stopped_at(token) <= self.bound + ROUNDING
        if verdict == "view_stale" and getattr(self.declared, "silence", None) == "fail-open":
            assert isinstance(self.declared, KeyRotation)  # A key that nobody vouches for opens no door.

    def teardown(self) -> None:
        """All is quiet, everything arrives: the gate says what the authority says."""
        self.answering, self.skew = True, 0.0
        self.range.clock.advance(70.0)     # Suspensions are over; so are the ages of all views.
        for _ in range(3):
            self.publish()
            self.news.append(self.range.authority.gates.pulse())
            while self.news:
                self.gate.view.hear(self.news.pop(0), self.now)
            self.gate.tend(self.now)
        for token in self.tokens:
            verdict, own = self.gate.verdict(self.claims(token), self.now), self.own_verdict(token)
            if isinstance(self.declared, Push | Pull | Freshness):
                assert verdict == own
            elif isinstance(self.declared, Introspection | StatusLists):
                assert (verdict == "admitted") == (own == "admitted")
            elif self.stopped_at(token) < inf:
                assert verdict != "admitted"
        self.admits_whoever_is_new()

    # --- what the rules need --------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The gate's clock."""
        return self.range.clock.now() + self.skew

    @property
    def bound(self) -> float:
        """Seconds after which nothing covered is let in."""
        assert not isinstance(self.declared, InProcess)
        return self.declared.bound_in_silence(LIFETIME)

    def admits_whoever_is_new(self) -> None:
        """Nothing lingers: a token that is issued now is good."""
        self.range.clock.advance(1.0)
        known = len(self.tokens)
        for number in range(4):
            self.issue(number)
        self.publish()
        self.gate.view.hear(self.range.authority.gates.pulse(), self.now)
        for token in self.tokens[known:]:
            assert self.gate.verdict(self.claims(token), self.now) == self.own_verdict(token) == "admitted"

    def publish(self) -> None:
        """What has happened goes out as notices."""
        notices = self.range.authority.feed.since(self.told) or ()
        self.news.extend(notices)
        self.told = self.range.authority.feed.seq

    def answer_at_once(self, question: Question, claims: Claims | None) -> Answer | None:
        """The answer to what a request waits for."""
        token = next((each for each in self.tokens if claims and self.range.jti(each) == claims.jti), None)
        return self.answered(question, token) if self.answering else None

    def answered(self, question: Question, token: str | None) -> Answer:
        """What the authority says."""
        return self.ask(self.range.authority, question, token)

    def taken(self, things: list[Thing], number: int, again: bool) -> Thing:
        """One of what is under way; with `again` it stays there to come once more."""
        index = number % len(things)
        return things[index] if again else things.pop(index)


@pytest.mark.slow
@pytest.mark.parametrize("declared", DECLARED, ids=lambda each: f"{type(each).__name__}-{getattr(each, 'silence', '')}")
def test_a_view_keeps_up_with_the_authority_whatever_the_network_does(
    declared: Enforcement, open_range: Callable[..., Range], front: Callable[..., Front],
    answers: Callable[..., Answer],
) -> None:
    run_state_machine_as_test(
        lambda: Story(open_range(token_lifetime=LIFETIME, enforcement=declared), front(declared), declared, answers),  # type: ignore[arg-type]
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
