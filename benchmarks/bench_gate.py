"""What the gate costs: time per `admit`, whether it grows with the tokens issued, bytes per live token.

`admit` is timed on tokens that were decoded before, with and without the recording of its event. Most tokens
are recorded as events, as a replay would; a hundred are really signed and knock in turn.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from random import Random

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.events import Event, TokenIssued
from mock_api.core.gate import Caller
from mock_api.core.grants import EVERYTHING
from mock_api.core.policy import Policy, Quota

from .rows import Row

NOW = 4_102_444_800.0
FEW, MANY, TESTERS, ROUNDS = 1_000, 1_000_000, 100, 25
ACTION, ORIGIN = "videos.retrieve", "192.0.2.7 bench"


class Lab:
    """Everything an authority is handed, at its smallest."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}
        self._random = Random(1)
        self._number = 0

    def now(self) -> float:
        return NOW

    def stream(self, name: str) -> Random:  # noqa: ARG002  # One stream serves every name here.
        return self._random

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def get(self, name: str) -> bytes | None:
        return self._secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self._secrets[name] = secret

    def new(self, prefix: str) -> str:
        # As long as the ids of a real range.
        self._number += 1
        return f"{prefix}_{self._number:024x}"


def forget(event: Event) -> None:
    """A log that keeps nothing."""


def open_range() -> tuple[Authority, Lab, list[Caller]]:
    """An authority with a hundred testers who hold one real token each."""
    lab = Lab()
    surroundings = Surroundings(clock=lab, streams=lab, ids=lab, secrets=lab, vault=lab)
    authority = Authority(surroundings, forget)
    # A rate nobody reaches, so that it is measured and does not refuse.
    authority.open(Policy(name="bench", quota=Quota(requests_per_minute=10**9)))
    callers = []
    for invited in authority.operator.invite_many(TESTERS, "artists", by="bench"):
        grant = authority.public.issue_access_token(invited.tester_id, invited.tester_key, None, ORIGIN)
        callers.append(Caller(grant.access_token, ORIGIN))
    return authority, lab, callers


def issue(authority: Authority, lab: Lab, count: int) -> None:
    """Enter `count` more tokens in the books, each with instants of its own."""
    testers = list(authority.programme.testers)
    kid = authority.keyring.ensure(NOW).kid
    for number in range(count):
        jti, tester_id, at = lab.new("at"), testers[number % len(testers)], NOW - 1.0 + number * 1e-6
        authority.record(TokenIssued(at, jti, tester_id, kid, at + 3600.0, EVERYTHING, ORIGIN))


def memory_per_token(authority: Authority, lab: Lab, count: int) -> float:
    """Bytes that each of `count` more tokens takes."""
    tracemalloc.start()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    issue(authority, lab, count)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / count


def admit_time(authority: Authority, callers: list[Caller]) -> float:
    """Seconds per `admit` over one round of knocks."""
    admit, calls = authority.gate.admit, callers * 100
    authority.gate.rates.admitted.clear()
    began = time.perf_counter()
    for caller in calls:
        admit(caller, ACTION, NOW)
    return (time.perf_counter() - began) / len(calls)


def checks_time(authority: Authority, callers: list[Caller]) -> float:
    """Seconds per `admit` with the recording left out."""
    record = authority.record
    authority.record = forget  # type: ignore[method-assign]  # The point of the measurement.
    try:
        return admit_time(authority, callers)
    finally:
        authority.record = record  # type: ignore[method-assign]  # Put back.


def measure() -> list[Row]:
    """The best of many rounds, few and many in turn so that both meet the same machine."""
    few, few_lab, few_callers = open_range()
    many, many_lab, many_callers = open_range()
    issue(few, few_lab, FEW)
    rows = [Row("memory per live token", memory_per_token(many, many_lab, MANY), 400.0, "lower", "bytes")]
    gc.collect()
    gc.freeze()  # A collection over a million tokens in one round and not in the other would be noise.
    for title, time_of in (("recorded", admit_time), ("checks only", checks_time)):
        rounds = [(time_of(few, few_callers), time_of(many, many_callers)) for _ in range(ROUNDS)]
        at_few, at_many = (min(times) * 1e6 for times in zip(*rounds, strict=True))
        rows.append(Row(f"admit, {title}: {MANY:,} tokens / {FEW:,}", at_many / at_few, 1.3, "lower"))
        rows.append(Row(f"admit, {title}: at {MANY:,} tokens", at_many, unit="µs"))
    return rows
