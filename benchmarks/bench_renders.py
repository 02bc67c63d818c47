"""What a render costs: the queue alone against SimPy and Ciw (M/M/3), and the view that answers a poll.

The three simulations serve the same number of customers at the same load and take turns; ratios are medians.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from random import Random
from statistics import median
from typing import Any

import ciw
import msgspec
import simpy

from mock_api.core.approvals import item
from mock_api.core.orders import VideoOrder
from mock_api.core.renders import RenderQueue
from mock_api.core.video import VideoRecord

from .rows import Row

SERVERS, ARRIVAL_RATE, CUSTOMERS, ROUNDS, POLLS = 3, 2.4, 20_000, 5, 200_000


def by_render_queue(seed: int) -> int:
    """Customers served by the queue of `mock_api`, settled at each arrival."""
    queue, stream, now, passages = RenderQueue(SERVERS), Random(seed), 0.0, 0
    for number in range(CUSTOMERS):
        now += stream.expovariate(ARRIVAL_RATE)
        queue.join(str(number), stream.expovariate(1.0), now)
        passages += len(queue.settle(now))
    return (passages + len(queue.settle(float("1e12")))) // 2


def by_simpy(seed: int) -> int:
    """Customers served by a SimPy resource."""
    stream, environment = Random(seed), simpy.Environment()
    servers = simpy.Resource(environment, SERVERS)
    served = 0

    def customer() -> Generator[Any, Any, None]:
        nonlocal served
        with servers.request() as turn:
            yield turn
            yield environment.timeout(stream.expovariate(1.0))
            served += 1

    def arrivals() -> Generator[Any, Any, None]:
        for _ in range(CUSTOMERS):
            yield environment.timeout(stream.expovariate(ARRIVAL_RATE))
            environment.process(customer())

    environment.process(arrivals())
    environment.run()
    return served


def by_ciw(seed: int) -> int:
    """Customers served by a Ciw network of one node."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(ARRIVAL_RATE)],
        service_distributions=[ciw.dists.Exponential(1.0)], number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(CUSTOMERS)
    return len(simulation.get_all_records())


def rate(serve: Callable[[int], int], seed: int) -> float:
    """Customers per second of real time."""
    begun = time.perf_counter()
    served = serve(seed)
    return served / (time.perf_counter() - begun)


def microseconds(call: Callable[[], object]) -> float:
    """Time per call."""
    begun = time.perf_counter()
    for _ in range(POLLS):
        call()
    return (time.perf_counter() - begun) / POLLS * 1e6


def measure() -> list[Row]:
    """Customers per second over theirs, and microseconds per look at a video."""
    rounds = [[rate(serve, seed) for serve in (by_render_queue, by_simpy, by_ciw)] for seed in range(ROUNDS)]
    record = VideoRecord(
        "video_1", "at_1", "tester_1", VideoOrder(prompt="a quiet street"), submitted_at=0.0, service=40.0,
        blocked=False, rank=1, key_hash=None, phase="rendering", started_at=0.0, finishes_at=40.0,
    )
    shown = record.show(20.0)
    return [
        Row("render queue / SimPy: customers per second", median(ours / theirs for ours, theirs, _ in rounds), 3.0),
        Row("render queue / Ciw: customers per second", median(ours / theirs for ours, _, theirs in rounds), 3.0),
        Row("view of a video, unchanged", microseconds(lambda: record.show(20.0)), unit="µs"),
        Row("encoding of that view", microseconds(lambda: msgspec.json.encode(shown)), unit="µs"),
        Row("item of an approval list", microseconds(lambda: item(record)), unit="µs"),
    ]
