"""The agenda wakes everybody at their instant, in the order in which they were entered."""

from __future__ import annotations

from math import inf
from statistics import fmean

import pytest

from benchmarks.bench_agenda import ARRIVALS, SERVERS, SERVICES, agenda_queue, erlang_c_wait
from policy_lab.agenda import Agenda, Process
from policy_lab.clock import VirtualClock

START = VirtualClock.STARTS_AT


@pytest.fixture
def agenda() -> Agenda:
    return Agenda(VirtualClock())


def test_a_process_sleeps_as_long_as_it_asks_to(agenda: Agenda) -> None:
    woken: list[float] = []

    def sleeper() -> Process:
        for pause in (1.0, 0.0, 2.5):
            woken.append(agenda.clock.now() - START)
            yield pause
        woken.append(agenda.clock.now() - START)

    agenda.start(sleeper(), after=10.0)
    agenda.run(START + 100.0)

    assert woken == [10.0, 11.0, 11.0, 13.5]
    assert agenda.clock.now() == START + 100.0
    assert agenda.steps == 4


def test_what_is_due_at_the_same_instant_happens_in_the_order_of_entry(agenda: Agenda) -> None:
    said: list[str] = []

    def speaker(name: str) -> Process:
        said.append(name)
        yield 1.0
        said.append(name)

    agenda.start(speaker("a"))
    agenda.call(START, said.append, "b")
    agenda.start(speaker("c"))
    agenda.call(START + 1.0, said.append, "d")
    agenda.run(START + 1.0)

    assert said == ["a", "b", "c", "d", "a", "c"]


def test_a_process_may_enter_others_for_the_same_instant_and_they_come_after_it(agenda: Agenda) -> None:
    said: list[str] = []

    def parent() -> Process:
        agenda.start(child(), after=0.0)
        agenda.call(START, said.append, "call")
        said.append("parent")
        yield 0.0
        said.append("parent again")

    def child() -> Process:
        said.append("child")
        yield from ()

    agenda.start(parent())
    agenda.run(START)

    assert said == ["parent", "child", "call", "parent again"]


def test_the_end_belongs_to_the_run(agenda: Agenda) -> None:
    said: list[str] = []
    agenda.call(START + 5.0, said.append, "at the end")
    agenda.call(START + 5.1, said.append, "after it")

    agenda.run(START + 5.0)

    assert said == ["at the end"]
    assert agenda.next_at() == START + 5.1


def test_a_run_can_be_taken_up_again(agenda: Agenda) -> None:
    woken: list[float] = []

    def ticker() -> Process:
        while True:
            woken.append(agenda.clock.now() - START)
            yield 10.0

    agenda.start(ticker())
    agenda.run(START + 15.0)
    agenda.run(START + 30.0)

    assert woken == [0.0, 10.0, 20.0, 30.0]


def test_a_call_for_an_instant_that_has_passed_happens_now(agenda: Agenda) -> None:
    at: list[float] = []
    agenda.run(START + 10.0)
    agenda.call(START + 1.0, lambda: at.append(agenda.clock.now()))

    agenda.run(START + 20.0)

    assert at == [START + 10.0]


def test_with_no_end_it_runs_until_nothing_is_left_and_stays_there(agenda: Agenda) -> None:
    agenda.call(START + 7.0, lambda: None)

    agenda.run(inf)

    assert agenda.clock.now() == START + 7.0
    assert agenda.next_at() is None


@pytest.mark.parametrize("pause", [-1.0, float("nan")])
def test_a_pause_that_is_no_pause_is_refused(agenda: Agenda, pause: float) -> None:
    def confused() -> Process:
        yield pause

    agenda.start(confused())
    with pytest.raises(ValueError, match="asked for a pause"):
        agenda.run(START + 1.0)
    with pytest.raises(ValueError, match="cannot start"):
        agenda.start(confused(), after=pause)


@pytest.mark.theory
def test_an_m_m_3_queue_waits_as_long_as_erlang_c_says() -> None:
    """Thirty independent queues of 10 000 customers; the mean of means lies within four standard errors."""
    means = [fmean(agenda_queue(seed, customers=10_000)) for seed in range(30)]
    middle = fmean(means)
    error = (sum((mean - middle) ** 2 for mean in means) / (len(means) - 1) / len(means)) ** 0.5

    assert error < 0.05
    assert abs(middle - erlang_c_wait(ARRIVALS, SERVICES, SERVERS)) < 4.0 * error
