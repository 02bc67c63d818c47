"""Measures one plan on a real range: load processes ask, this process buys and revokes, the checker reads."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from leaklab.problems import Problem
from policy_lab.history import Findings, Revocation, check, read_requests
from policy_lab.lag import Plan, Step

from .connections import Pool, request
from .load import Acknowledged, Assignment, Bought, Summary
from .network import Network, watch
from .processes import MeasuredRange

START_IN = 1.0         # seconds that load processes get to start
SPARE = 60.0           # seconds beyond the plan after which something hangs
JSON = "application/json"
Tick = Callable[[float], object]


class Work(Struct):
    """What the views of all gates cost; bytes are of bodies."""

    look_ups: int = 0
    messages: int = 0
    bytes_moved: int = 0


class Measured(Struct):
    """One measurement: the verdict, the cost, how the load went, how fast the network was. Seconds."""

    findings: Findings
    work: Work
    loads: list[Summary]
    network: Network
    acknowledgements: list[float]
    requests: list[float]                          # one way to a gate: half of what a refusal took


class Tokens:
    """Buys tokens and revokes them, and tells the load processes."""

    def __init__(self, measured: MeasuredRange, tell: Callable[[Bought | Acknowledged], object]) -> None:
        self._pool, self._tell = Pool(measured.authority), tell
        self._operator = {"Authorization": f"Bearer {measured.credentials['operator_key']}", "Content_Type": JSON}
        self._testers: list[dict[str, str]] = []
        self._jtis: defaultdict[int, asyncio.Future[str]] = defaultdict(asyncio.get_running_loop().create_future)
        self.revocations: list[Revocation] = []

    async def invite(self, count: int) -> None:
        """A tester for each token, so that one's end is not another's."""
        body = msgspec.json.encode({"count": count, "cohort": "victims"})
        self._testers = (await self._ask("/admin/testers/bulk", body, **self._operator))["data"]

    async def take(self, step: Step) -> None:
        """Buy or revoke."""
        await (self._buy(step.token) if step.what == "buy" else self._revoke(step.token))

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

    async def _buy(self, token: int) -> None:
        tester = self._testers[token]
        form = urlencode({
            "grant_type": "client_credentials", "client_id": tester["tester_id"], "client_secret": tester["tester_key"],
        })
        granted = await self._ask("/oauth/token", form.encode(), Content_Type="application/x-www-form-urlencoded")
        jti = jti_of(granted["access_token"])
        self._jtis[token].set_result(jti)
        self._tell(Bought(token, jti, granted["access_token"]))

    async def _revoke(self, token: int) -> None:
        jti = await self._jtis[token]              # On a busy machine it may not be there yet.
        body = msgspec.json.encode({"scope": {"kind": "token", "jti": jti}, "reason": "lag"})
        text = request("POST", "/admin/revocations", body, **self._operator)
        sent, acknowledged, status, answer = await self._pool.ask(text)
        outcome = _read(status, answer, "/admin/revocations")
        version = outcome.get("version")
        self.revocations.append(Revocation((jti,), sent, acknowledged, version))
        self._tell(Acknowledged(token, version))

    async def _ask(self, path: str, body: bytes, **headers: str) -> dict[str, Any]:
        _, _, status, answer = await self._pool.ask(request("POST", path, body, **headers))
        return _read(status, answer, path)


async def measure(plan: Plan, measured: MeasuredRange, folder: Path, loads: int, tick: Tick) -> Measured:
    """Carry out the plan with so many load processes; `tick` hears how many seconds of it have passed.

    Raises Problem where a part of the range does not answer.
    """
    try:
        async with asyncio.timeout(plan.duration + SPARE):
            return await _measure(plan, measured, folder, loads, tick)
    except TimeoutError:
        raise Problem("The range stopped answering; nothing can be said of its lag.", exit_code=5) from None


async def _measure(plan: Plan, measured: MeasuredRange, folder: Path, loads: int, tick: Tick) -> Measured:
    histories = [folder / f"requests-{number}.ndjson" for number in range(loads)]
    processes = [await _load_process() for _ in histories]
    network, tokens = Network([], []), Tokens(measured, lambda told: _tell(processes, told))
    try:
        await tokens.invite(plan.revocations)
        before = await _work(measured, plan)
        starts_at = perf_counter() + START_IN
        for number, (process, history) in enumerate(zip(processes, histories, strict=True)):
            assignment = Assignment(plan, 1 / loads, f"/{number}", measured.gates, starts_at, str(history))
            _tell([process], assignment)
        watching = asyncio.create_task(watch(measured.authority, measured.redis_url, network))
        await _carry_out(plan, tokens, starts_at, tick)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        summaries = await asyncio.gather(*(_summary(process) for process in processes))
        after = await _work(measured, plan)
    finally:
        tokens.close()
        for process in processes:
            if process.returncode is None:
                process.terminate()
                await process.wait()
    (folder / "revocations.ndjson").write_bytes(msgspec.json.Encoder().encode_lines(tokens.revocations))
    findings = check(chain.from_iterable(map(read_requests, histories)), tokens.revocations, plan.bound)
    return Measured(
        findings, _difference(before, after), list(summaries), network,
        [each.acknowledged - each.sent for each in tokens.revocations],
        [
            (each.finished - each.started) / 2
            for each in chain.from_iterable(map(read_requests, histories)) if each.refused
        ],
    )


def jti_of(token: str) -> str:
    """The `jti` of a token that we have just bought, whose signature is not our business."""
    import jwt  # noqa: PLC0415 - a verb's own need.

    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


async def _carry_out(plan: Plan, tokens: Tokens, starts_at: float, tick: Tick) -> None:
    """Every step at its instant, whether or not the one before was answered."""
    under_way: list[asyncio.Task[None]] = []
    for step in plan.steps():
        await asyncio.sleep(max(0.0, starts_at + step.at - perf_counter()))
        under_way.append(asyncio.create_task(tokens.take(step)))
        tick(step.at)
    await asyncio.sleep(max(0.0, starts_at + plan.duration - perf_counter()))
    tick(plan.duration)
    for done in asyncio.as_completed(under_way):   # The first trouble ends it: who revokes waits for who buys.
        await done


async def _load_process() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "leaklab.lag.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )


def _tell(processes: list[asyncio.subprocess.Process], told: Assignment | Bought | Acknowledged) -> None:
    for process in processes:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.write(msgspec.json.encode(told) + b"\n")


async def _summary(process: asyncio.subprocess.Process) -> Summary:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    line = await process.stdout.readline()
    await process.wait()
    if not line:
        raise Problem("A load process ended without a word; the lines above say why.", exit_code=1)
    return msgspec.json.decode(line, type=Summary)


async def _work(measured: MeasuredRange, plan: Plan) -> Work:
    """What the gates have counted so far."""
    found = Work()
    for url in measured.gates if plan.gate_names != ("authority",) else []:
        pool = Pool(url)
        key = measured.credentials["gate_key"]
        _, _, status, body = await pool.ask(request("GET", "/gate/status", Authorization=f"Bearer {key}"))
        pool.close()
        if status == 200:
            figures = json.loads(body)["figures"]
            found.look_ups += figures["look_ups"]
            found.messages += figures["messages"]
            found.bytes_moved += figures["view_in"]
    return found


def _difference(before: Work, after: Work) -> Work:
    return Work(
        after.look_ups - before.look_ups, after.messages - before.messages, after.bytes_moved - before.bytes_moved
    )


def _read(status: int, answer: bytes, path: str) -> dict[str, Any]:
    if not 200 <= status < 300:
        raise Problem(f"The authority answered {status} to {path}: {answer[:200]!r}", exit_code=5)
    found: dict[str, Any] = json.loads(answer)
    return found
