"""A load process: asks what its plan says, when it says it, whether or not earlier answers have come.

It is told on its standard input: first the assignment, then tokens and revocations as they happen, a line of JSON
each. In the end it writes its history and prints a summary.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from policy_lab.history import Request
from policy_lab.lag import Ask, Plan

from .connections import Pool, request

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/v1/videos?limit=1"
WARM = 8               # connections to each gate before the first request
LAST_ANSWERS = 5.0     # seconds that are waited for answers after the last request


class Assignment(Struct, frozen=True, tag_field="kind"):
    """The plan, this process's share of it under a name, the gates' addresses, the start on the common clock."""

    plan: Plan
    share: float
    name: str
    gates: list[str]
    starts_at: float
    history: str


class Bought(Struct, frozen=True, tag_field="kind"):
    """Token number `token` is there."""

    token: int
    jti: str
    secret: str


class Acknowledged(Struct, frozen=True, tag_field="kind"):
    """The revocation of token number `token` was acknowledged, with this version."""

    token: int
    version: str | None


class Summary(Struct, frozen=True):
    """How the load went: requests, requests whose token was not there in time, how late they were sent (seconds)."""

    asked: int
    skipped: int
    late_median: float
    late_p99: float
    connections: int


Told = Assignment | Bought | Acknowledged
_told = msgspec.json.Decoder(Told).decode


class Load:
    """One process's share of the load."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._names = assignment.plan.gate_names
        self._pools = [Pool(url) for url in assignment.gates]
        self._tokens: dict[int, Bought] = {}
        self._requests: dict[int, bytes] = {}
        self._versions: dict[int, str] = {}
        self._records: list[Request] = []
        self._late: list[float] = []
        self._skipped = self._under_way = 0

    def hear(self, told: Told) -> None:
        """Take what the parent says."""
        if isinstance(told, Bought):
            self._tokens[told.token] = told
            self._requests[told.token] = request("GET", PATH, Authorization=f"Bearer {told.secret}")
        elif isinstance(told, Acknowledged) and told.version is not None:
            self._versions[told.token] = told.version

    async def run(self) -> Summary:
        """Ask everything, and wait for the last answers."""
        await asyncio.gather(*(pool.warm(WARM) for pool in self._pools))
        starts_at = self._assignment.starts_at
        for ask in self._assignment.plan.asks(self._assignment.share, self._assignment.name):
            pause = starts_at + ask.at - perf_counter()
            if pause > 0.0:
                await asyncio.sleep(pause)
            self._ask(ask, starts_at + ask.at)
        for _ in range(int(LAST_ANSWERS / 0.05)):
            if not self._under_way:
                break
            await asyncio.sleep(0.05)
        connections = sum(pool.connections for pool in self._pools)
        for pool in self._pools:
            pool.close()
        Path(self._assignment.history).write_bytes(msgspec.json.Encoder().encode_lines(self._records))
        late = sorted(self._late) or [0.0]
        return Summary(
            len(self._late), self._skipped, late[len(late) // 2], late[int(0.99 * (len(late) - 1))], connections
        )

    def _ask(self, ask: Ask, intended_at: float) -> None:
        bought = self._tokens.get(ask.token)
        if bought is None:
            self._skipped += 1
            return
        version = self._versions.get(ask.token) if ask.demands else None
        text = self._requests[ask.token]
        if version is not None:
            text = request("GET", PATH, Authorization=f"Bearer {bought.secret}", X_Leaklab_Version=version)
        self._under_way += 1
        self._pools[ask.gate].send(text, self._taking(ask, bought, version, intended_at))

    def _taking(
        self, ask: Ask, bought: Bought, version: str | None, intended_at: float
    ) -> Callable[[float, float, int, bytes], None]:
        gate = self._names[ask.gate]

        def take(sent: float, answered: float, status: int, body: bytes) -> None:
            self._under_way -= 1
            self._late.append(sent - intended_at)
            code = "" if status < 400 else _code(body)
            self._records.append(Request(sent, answered, gate, bought.jti, status, code, version))

        return take


def _code(body: bytes) -> str:
    """The error code in OpenAI's envelope."""
    _, _, rest = body.partition(b'"code":"')
    return rest.partition(b'"')[0].decode("ascii", "replace")


async def work() -> None:
    """Live as a load process does."""
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    assignment = _told(await reader.readline())
    assert isinstance(assignment, Assignment)  # noqa: S101 - the parent says this first
    load = Load(assignment)

    async def listen() -> None:
        while line := await reader.readline():
            load.hear(_told(line))

    listening, running = asyncio.create_task(listen()), asyncio.create_task(load.run())
    await asyncio.wait((listening, running), return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        sys.stdout.write(msgspec.json.encode(running.result()).decode() + "\n")
    for task in (listening, running):              # If it is not done, whoever wanted it is gone.
        task.cancel()


def main() -> None:
    """Run it on uvloop where there is one."""
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform.
    except ModuleNotFoundError:
        asyncio.run(work())
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work())


if __name__ == "__main__":
    main()
