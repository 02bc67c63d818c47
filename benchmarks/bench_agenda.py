"""The agenda against SimPy and Ciw: pauses per second, and customers per second of the same M/M/3 queue.

The rounds are interleaved and their medians compared; the mean wait of every queue is held against the
Erlang C formula.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from math import factorial
from random import Random
from statistics import fmean, median
from time import perf_counter
from typing import Any

from policy_lab.agenda import Agenda, Process
from policy_lab.clock import VirtualClock

from .rows import Row

ROUNDS = 7
ARRIVALS, SERVICES, SERVERS = 2.4, 1.0, 3      # rates per second; utilisation .8
CUSTOMERS = 60_000
PROCESSES, PAUSES = 100, 2_000                 # sleepers, and how often each sleeps
TOLERANCE = 10.0                               # % of the mean wait, over all rounds: waits are correlated


def erlang_c_wait(arrivals: float, services: float, servers: int) -> float:
    """Mean wait (seconds) in an M/M/c queue: Erlang C over the spare rate."""
    load = arrivals / services
    full = load**servers / factorial(servers) * servers / (servers - load)
    waits = full / (sum(load**n / factorial(n) for n in range(servers)) + full)
    return waits / (servers * services - arrivals)


class Queue:
    """An M/M/c queue on the agenda: two calls per customer."""

    def __init__(self, agenda: Agenda, luck: Random, customers: int) -> None:
        self.waits: list[float] = []
        self._agenda, self._clock, self._luck = agenda, agenda.clock, luck
        self._coming, self._idle = customers, SERVERS
        self._line: deque[float] = deque()

    def arrive(self) -> None:
        """Somebody comes, and is served or waits; somebody else will come."""
        now = self._clock.instant
        self._coming -= 1
        if self._coming:
            self._agenda.call(now + self._luck.expovariate(ARRIVALS), self.arrive)
        if self._idle:
            self._idle -= 1
            self._serve(now, now)
        else:
            self._line.append(now)

    def _serve(self, now: float, came_at: float) -> None:
        self.waits.append(now - came_at)
        self._agenda.call(now + self._luck.expovariate(SERVICES), self._depart)

    def _depart(self) -> None:
        if self._line:
            self._serve(self._clock.instant, self._line.popleft())
        else:
            self._idle += 1


def agenda_queue(seed: int, customers: int = CUSTOMERS) -> list[float]:
    """The waits of an M/M/3 queue on our agenda."""
    agenda = Agenda(VirtualClock(0.0))
    queue = Queue(agenda, Random(seed), customers)
    agenda.call(0.0, queue.arrive)
    agenda.run(float("inf"))
    return queue.waits


def simpy_queue(seed: int, customers: int = CUSTOMERS) -> list[float]:
    """The waits of the same queue in SimPy, as its manual writes it."""
    import simpy  # noqa: PLC0415 - only who compares needs it

    luck, waits = Random(seed), list[float]()
    env = simpy.Environment()
    counter = simpy.Resource(env, capacity=SERVERS)

    def customer() -> Generator[Any, Any, None]:
        came_at = env.now
        with counter.request() as turn:
            yield turn
            waits.append(env.now - came_at)
            yield env.timeout(luck.expovariate(SERVICES))

    def arrivals() -> Generator[Any, Any, None]:
        for _ in range(customers):
            env.process(customer())
            yield env.timeout(luck.expovariate(ARRIVALS))

    env.process(arrivals())
    env.run()
    return waits


def ciw_queue(seed: int, customers: int = CUSTOMERS) -> list[float]:
    """The waits of the same queue in Ciw, as its manual writes it."""
    import ciw  # noqa: PLC0415 - only who compares needs it

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=ARRIVALS)],
        service_distributions=[ciw.dists.Exponential(rate=SERVICES)],
        number_of_servers=[SERVERS],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers, method="Finish")
    return [record.waiting_time for record in simulation.get_all_records()]


def agenda_pauses(seed: int) -> int:
    """Sleep and sleep again on our agenda; returns how often."""
    luck, agenda = Random(seed), Agenda(VirtualClock(0.0))

    def sleeper(pauses: list[float]) -> Process:
        for pause in pauses:  # noqa: UP028 - as the other one is written
            yield pause

    for _ in range(PROCESSES):
        agenda.start(sleeper([luck.random() for _ in range(PAUSES)]))
    agenda.run(float("inf"))
    return PROCESSES * PAUSES


def simpy_pauses(seed: int) -> int:
    """The same in SimPy; returns how often."""
    import simpy  # noqa: PLC0415 - only who compares needs it

    luck, env = Random(seed), simpy.Environment()

    def sleeper(pauses: list[float]) -> Generator[Any, Any, None]:
        for pause in pauses:
            yield env.timeout(pause)

    for _ in range(PROCESSES):
        env.process(sleeper([luck.random() for _ in range(PAUSES)]))
    env.run()
    return PROCESSES * PAUSES


def timed(work: Callable[[int], Any], seed: int) -> tuple[float, Any]:
    """Seconds that `work(seed)` took, and what it gave."""
    begun = perf_counter()
    given = work(seed)
    return perf_counter() - begun, given


def measure() -> list[Row]:
    """Our pauses and customers per second over theirs, and how far each mean wait is from theory."""
    pauses = {"agenda": agenda_pauses, "SimPy": simpy_pauses}
    queues = {"agenda": agenda_queue, "SimPy": simpy_queue, "Ciw": ciw_queue}
    rates: dict[tuple[str, str], list[float]] = {}
    waits: dict[str, list[float]] = {}
    for seed in range(1, ROUNDS + 1):
        for name, sleep in pauses.items():
            seconds, count = timed(sleep, seed)
            rates.setdefault((name, "pauses"), []).append(count / seconds)
        for name, queue in queues.items():
            seconds, came = timed(queue, seed)
            rates.setdefault((name, "customers"), []).append(len(came) / seconds)
            waits.setdefault(name, []).append(fmean(came))
    rows = [
        Row(f"agenda / {other}: {what} per second",
            median(rates["agenda", what]) / median(rates[other, what]), target)
        for what, other, target in (("pauses", "SimPy", 1.5), ("customers", "SimPy", 3.0), ("customers", "Ciw", 3.0))
    ]
    expected = erlang_c_wait(ARRIVALS, SERVICES, SERVERS)
    return rows + [
        Row(f"{name}: mean wait off Erlang C", 100 * abs(fmean(means) / expected - 1.0), TOLERANCE, "lower", "%")
        for name, means in waits.items()
    ]
