"""The render queue against queueing theory (Kleinrock 1975, Erlang 1917)."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from random import Random
from statistics import fmean, median, stdev
from typing import Protocol

import pytest
from scipy.stats import t as student

from mock_api.core.policy import RenderModel
from mock_api.core.renders import Passage, RenderLine, RenderQueue, draw_service

REPLICATIONS, CUSTOMERS, WARM_UP = 80, 6000, 1000


class Queue(Protocol):
    """What the theory is compared with."""

    def join(self, key: str, service: float, at: float) -> None: ...

    def settle(self, now: float) -> list[Passage]: ...

    def __len__(self) -> int: ...


class StartsWhenAsked(RenderQueue):
    """A wrong queue on purpose: renders start when somebody asks, not when the one before has finished."""

    _asked_at = 0.0

    def settle(self, now: float) -> list[Passage]:
        self._asked_at = now
        return super().settle(now)

    def _start_at(self) -> float:
        return max(super()._start_at(), self._asked_at)


def erlang_c_waiting_time(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Mean waiting time of M/M/c in seconds: C(c, a) / (c mu - lambda)."""
    load = arrival_rate / service_rate
    blocked = load**servers / factorial(servers) * servers / (servers - load)
    waits = blocked / (sum(load**k / factorial(k) for k in range(servers)) + blocked)
    return waits / (servers * service_rate - arrival_rate)


def mean_waiting_time(queue: Queue, arrival_rate: float, stream: Random) -> float:
    """Mean waiting time of the customers after the warm-up in one replication; service has mean 1."""
    joined_at: dict[str, float] = {}
    waits: dict[str, float] = {}

    def settle(now: float) -> None:
        for passage in queue.settle(now):
            if passage.what == "started":
                waits[passage.key] = passage.at - joined_at[passage.key]

    now = 0.0
    for number in range(CUSTOMERS):
        now += stream.expovariate(arrival_rate)
        joined_at[str(number)] = now
        queue.join(str(number), stream.expovariate(1.0), now)
        settle(now)
    while len(queue):
        now += 1.0
        settle(now)
    return fmean(waits[str(number)] for number in range(WARM_UP, CUSTOMERS))


def confidence_interval(make: Callable[[int], Queue], servers: int, load: float) -> tuple[float, float]:
    """Mean and 99 % half-width of the waiting time over independent replications (Student's t)."""
    means = [
        mean_waiting_time(make(servers), load * servers, Random(f"{servers}/{replication}"))
        for replication in range(REPLICATIONS)
    ]
    half_width = float(student.ppf(0.995, REPLICATIONS - 1)) * stdev(means) / REPLICATIONS**0.5
    return fmean(means), half_width


@pytest.mark.theory
@pytest.mark.slow
@pytest.mark.parametrize("servers", [1, 4])
def test_the_waiting_time_agrees_with_erlang_c(servers: int) -> None:
    expected = erlang_c_waiting_time(0.7 * servers, 1.0, servers)
    mean, half_width = confidence_interval(RenderQueue, servers, 0.7)
    assert abs(mean - expected) <= half_width
    assert half_width < 0.06 * expected  # Narrow enough to say something.


@pytest.mark.theory
@pytest.mark.slow
def test_a_wrong_queue_fails_the_same_check() -> None:
    mean, half_width = confidence_interval(StartsWhenAsked, 1, 0.7)
    assert abs(mean - erlang_c_waiting_time(0.7, 1.0, 1)) > half_width


def test_erlang_c_knows_the_textbook_case_of_one_server() -> None:
    assert erlang_c_waiting_time(0.5, 1.0, 1) == pytest.approx(1.0)


def test_first_come_is_first_served_and_a_finish_comes_before_the_start_it_allows() -> None:
    queue = RenderQueue(1)
    for key in "abc":
        queue.join(key, 5.0, 1.0)
    assert queue.settle(11.0) == [
        (1.0, "a", "started"), (6.0, "a", "finished"), (6.0, "b", "started"), (11.0, "b", "finished"),
        (11.0, "c", "started"),
    ]
    assert len(queue) == 1


def test_settling_in_between_changes_nothing() -> None:
    def run(stops: list[float]) -> list[Passage]:
        queue, stream = RenderQueue(2), Random(1)
        for number in range(20):
            queue.join(str(number), stream.uniform(1, 9), number * 2.0)
        return [passage for stop in [*stops, 1e9] for passage in queue.settle(stop)]

    assert run([]) == run([0.0, 3.3, 3.3, 17.0, 40.0])


def test_more_capacity_starts_those_who_wait_at_once_and_less_lets_the_running_end() -> None:
    queue = RenderQueue(1)
    for key in "abcd":
        queue.join(key, 10.0, 0.0)
    queue.settle(0.0)
    queue.change_capacity(3, 4.0)
    assert [(at, key) for at, key, what in queue.settle(4.0) if what == "started"] == [(4.0, "b"), (4.0, "c")]
    queue.change_capacity(1, 5.0)
    assert [(at, key) for at, key, what in queue.settle(99.0) if what == "started"] == [(14.0, "d")]


def test_a_line_of_many_is_left_from_anywhere() -> None:
    line = RenderLine(2)
    for number in range(5):
        line.join(str(number))
    line.leave("0")
    head = line.head()
    assert head == "1"
    line.start(head)
    line.start("2")
    assert line.head() is None
    line.leave("1")
    assert (line.head(), len(line)) == ("3", 3)


def test_the_service_time_has_the_median_of_the_model_and_turbo_halves_it() -> None:
    model = RenderModel(seconds_per_clip_second=10.0, service_sigma=0.5)
    drawn = [draw_service(model, "8", "mock-video-1", Random(seed)) for seed in range(4001)]
    turbo = [draw_service(model, "8", "mock-video-1-turbo", Random(seed)) for seed in range(4001)]
    assert median(drawn) == pytest.approx(80.0, rel=0.05)
    assert turbo == pytest.approx([service / 2 for service in drawn])
