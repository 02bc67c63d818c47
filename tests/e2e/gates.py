"""An authority with gates in front, load through all of them, revocations meanwhile, and what the histories say."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import msgspec

from mock_api.core.enforcement import Push
from mock_api.gate.history import Passage
from tests.e2e.running import RunningRange, launch

IN_FLIGHT = 64      # requests to one gate at a time: a gate that answers nobody must not hold up the others
RECENT = 20         # revoked tokens that are tried again and again


@dataclass
class RunningGate:
    """A gate process and where it writes what it did."""

    name: str
    process: subprocess.Popen[str]
    url: str
    history: Path
    declared: Push

    def stop(self) -> None:
        """SIGSTOP."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def cont(self) -> None:
        """SIGCONT."""
        os.kill(self.process.pid, signal.SIGCONT)

    def passages(self) -> list[Passage]:
        """Every request it answered."""
        return msgspec.json.Decoder(Passage).decode_lines(self.history.read_bytes())


@contextmanager
def gate(
    name: str, folder: Path, declared: Push, *, authority: int, redis: int, upstream: int
) -> Iterator[RunningGate]:
    """A gate for the length of a block; the authority, Redis and the API behind are named by their ports."""
    settings = ",".join(f"{key}={value}" for key, value in msgspec.to_builtins(declared).items() if key != "kind")
    history = folder / f"{name}.ndjson"
    process, printed = launch([
        "serve", "gate", "--name", name, "--port-gate", "0", "--gate-key-file", str(folder / "gate-key"),
        "--enforcement", f"push,{settings}", "--authority", f"http://127.0.0.1:{authority}",
        "--upstream", f"http://127.0.0.1:{upstream}", "--redis", f"redis://127.0.0.1:{redis}/0",
        "--history", str(history),
    ], folder / f"{name}.log")  # fmt: skip
    try:
        url = next(word.rstrip(",") for word in printed[-1].split() if word.startswith("http://"))
        yield RunningGate(name, process, url, history, declared)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@dataclass
class Incident:
    """Tokens under load through every gate, some of them revoked on the way."""

    server: RunningRange
    gates: list[RunningGate]
    http: aiohttp.ClientSession
    luck: Random = field(default_factory=lambda: Random(3))
    tokens: dict[str, str] = field(default_factory=dict)         # jti -> token
    revoked_at: dict[str, float] = field(default_factory=dict)   # jti -> when the acknowledgement was read
    doomed: list[str] = field(default_factory=list)              # jtis whose revocation was asked for
    version: str = ""                                            # of the newest revocation
    answered: int = 0
    skipped: int = 0
    _under_way: dict[str, int] = field(default_factory=dict)
    _requests: set[asyncio.Task[None]] = field(default_factory=set)

    async def issue(self, count: int) -> None:
        """Buy tokens."""
        tester = self.server.credentials["tester"]
        form = {
            "grant_type": "client_credentials", "client_id": tester["tester_id"],
            "client_secret": tester["tester_key"],
        }  # fmt: skip
        for _ in range(count):
            async with self.http.post(f"{self._api}/oauth/token", data=form) as answer:
                assert answer.status == 200, await answer.text()
                token = (await answer.json())["access_token"]
            self.tokens[_jti(token)] = token

    async def revoke_again_and_again(self, every: float) -> None:
        """Revoke one token after another, at the authority, until cancelled."""
        while alive := sorted(self.tokens.keys() - set(self.doomed)):
            await self.revoke(self.luck.choice(alive))
            await asyncio.sleep(every)
        raise AssertionError("all tokens are revoked; issue more")

    async def revoke(self, jti: str) -> None:
        """Revoke one token and note when that was acknowledged."""
        self.doomed.append(jti)
        body = {"scope": {"kind": "token", "jti": jti}, "reason": "leaked"}
        bearer = {"Authorization": f"Bearer {self.server.credentials['operator_key']}"}
        with suppress(aiohttp.ClientConnectionError):  # The authority is gone: nobody knows what became of it.
            async with self.http.post(f"{self._api}/admin/revocations", json=body, headers=bearer) as answer:
                assert answer.status == 200, await answer.text()
                self.version = (await answer.json())["version"]
            self.revoked_at[jti] = time.time()

    def alive(self) -> str:
        """A token that nobody asked to revoke."""
        return next(jti for jti in self.tokens if jti not in self.doomed)

    async def knock(self, rate: float) -> None:
        """Send requests through all gates in turn, `rate` a second whatever becomes of them, until cancelled."""
        begun, sent = time.perf_counter(), 0
        while True:
            due = int((time.perf_counter() - begun) * rate)
            for number in range(sent, due):
                one = self.gates[number % len(self.gates)]
                if self._under_way.get(one.name, 0) >= IN_FLIGHT:
                    self.skipped += 1
                    continue
                request = asyncio.create_task(self._request(one, self._choose()))
                self._requests.add(request)
                request.add_done_callback(self._requests.discard)
            sent = due
            await asyncio.sleep(0.005)

    async def verdict(self, one: RunningGate, jti: str) -> tuple[int, str]:
        """Status and error code that a gate answers to a token now."""
        bearer = {"Authorization": f"Bearer {self.tokens[jti]}"}
        async with self.http.get(f"{one.url}/v1/videos?limit=1", headers=bearer) as answer:
            said = await answer.json()
            return answer.status, said.get("error", {}).get("code", "")

    async def status(self, one: RunningGate) -> dict[str, Any]:
        """What the gate says of itself."""
        bearer = {"Authorization": f"Bearer {self.server.credentials['gate_key']}"}
        async with self.http.get(f"{one.url}/gate/status", headers=bearer) as answer:
            assert answer.status == 200, await answer.text()
            said: dict[str, Any] = await answer.json()
            return said

    async def end(self) -> None:
        """Let what is under way go."""
        for request in list(self._requests):
            request.cancel()
        await asyncio.gather(*self._requests, return_exceptions=True)

    @property
    def _api(self) -> str:
        return str(self.server.credentials["api_url"])

    def _choose(self) -> str:
        """Half of the time a token that was revoked lately, else any."""
        if self.doomed and self.luck.random() < 0.5:
            return self.luck.choice(self.doomed[-RECENT:])
        return self.luck.choice(list(self.tokens))

    async def _request(self, one: RunningGate, jti: str) -> None:
        self._under_way[one.name] = self._under_way.get(one.name, 0) + 1
        try:
            with suppress(aiohttp.ClientError, TimeoutError):
                await self.verdict(one, jti)
                self.answered += 1
        finally:
            self._under_way[one.name] -= 1


@asynccontextmanager
async def incident(server: RunningRange) -> AsyncIterator[Incident]:
    """An incident for the length of a block, without any gates yet."""
    connections = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connections, timeout=patience) as http:
        one = Incident(server, [], http)
        try:
            yield one
        finally:
            await one.end()


def _jti(token: str) -> str:
    import jwt

    return str(jwt.decode(token, options={"verify_signature": False})["jti"])
