"""Load whose every acknowledgement is written down, and the question whether the server still stands by all of them."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2
import msgspec

from mock_api.core.events import Event, OutputApproved, Revoked, TokenIssued, VideoSubmitted
from mock_api.core.scopes import TokenScope
from mock_api.journal import read_events
from tests.e2e.running import RunningRange

CLIENTS = 8
SAMPLE = 25  # promises of each kind that are asked about between two faults


@dataclass
class Promises:
    """What the server has said yes to, over all its lives."""

    tokens: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)
    videos: set[str] = field(default_factory=set)
    doomed: set[str] = field(default_factory=set)  # tokens somebody asked to revoke: the answer may have been lost

    @property
    def count(self) -> int:
        """How many promises were made."""
        return len(self.tokens) + len(self.revoked) + len(self.approved) + len(self.videos)

    async def asked(self, server: RunningRange, sample: Random | None = None) -> None:
        """Ask the server about every promise, or about a sample of each kind."""

        def some(promises: Iterable[str]) -> list[str]:
            listed = sorted(promises)
            return listed if sample is None or len(listed) <= SAMPLE else sample.sample(listed, SAMPLE)

        async with session(server) as http:
            bearer = _bearer(server.credentials["tester"]["access_token"])
            for token in some(self.revoked):
                answer = await http.get("/v1/videos", headers=_bearer(token))
                assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_revoked")
            for token in some(self.tokens - self.doomed):
                answer = await http.get("/v1/videos", headers=_bearer(token))
                is_doomed = token in self.doomed  # Load may go on meanwhile.
                assert answer.status_code in (200, 429) or is_doomed, answer.text
            for video_id in some(self.approved):
                answer = await http.get(f"/v1/videos/{video_id}", headers=bearer)
                assert answer.status_code == 429 or answer.json()["approval"]["state"] == "approved", answer.text
            for video_id in some(self.videos - self.approved):
                answer = await http.get(f"/v1/videos/{video_id}", headers=bearer)
                assert answer.status_code in (200, 429), answer.text

    def written(self, journal: str) -> None:
        """Read the journal: its chain is whole, it holds every promise, and no event twice."""
        events = list(read_events(journal))
        lines = Counter(map(msgspec.json.encode, events))
        assert [line for line, count in lines.items() if count > 1] == []
        assert {_jti(token) for token in self.tokens} <= set(_each(events, TokenIssued, "jti"))
        assert self.videos <= set(_each(events, VideoSubmitted, "video_id"))
        assert self.approved <= set(_each(events, OutputApproved, "video_id"))
        scopes = _each(events, Revoked, "scope")
        assert {_jti(token) for token in self.revoked} <= {one.jti for one in scopes if isinstance(one, TokenScope)}


def _each(events: list[Event], kind: type[Event], name: str) -> list[Any]:
    found = [getattr(event, name) for event in events if isinstance(event, kind)]
    assert len(set(map(str, found))) == len(found), f"two {kind.__name__} for one {name}"
    return found


def _jti(token: str) -> str:
    claims = token.split(".")[1]
    return str(msgspec.json.decode(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["jti"])


@asynccontextmanager
async def load(server: RunningRange, promises: Promises, seed: str) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Clients at work for the length of the block, or until the server is gone; yields how to await more promises."""
    clients = [
        asyncio.create_task(_client(server, promises, Random(f"{seed}/{number}"))) for number in range(CLIENTS)
    ]

    async def more(count: int) -> None:
        """Return once the server has made `count` more promises."""
        enough = promises.count + count
        async with asyncio.timeout(60):
            while promises.count < enough:
                for ended in (client for client in clients if client.done()):
                    ended.result()
                    raise AssertionError("the server is gone")
                await asyncio.sleep(0.001)

    try:
        yield more
    finally:
        if server.process.poll() is None:
            for client in clients:
                client.cancel()
        for outcome in await asyncio.gather(*clients, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


def session(server: RunningRange) -> httpx2.AsyncClient:
    """An HTTP client for the server's API."""
    return httpx2.AsyncClient(base_url=server.credentials["api_url"], trust_env=False, verify=False, timeout=30.0)


Deed = Callable[[httpx2.AsyncClient, Promises, Random, dict[str, Any]], Awaitable[int]]


async def _client(server: RunningRange, promises: Promises, luck: Random) -> None:
    """Issue, revoke, submit and approve until the server is gone; note only what was acknowledged."""
    deeds: list[Deed] = [_issue, _issue, _revoke, _submit, _approve, _misuse]
    credentials = server.credentials
    async with session(server) as http:
        while True:
            try:
                status = await luck.choice(deeds)(http, promises, luck, credentials)
            except httpx2.TransportError:
                return
            if status == 503:
                await asyncio.sleep(0.05)


async def _issue(http: httpx2.AsyncClient, promises: Promises, luck: Random, credentials: dict[str, Any]) -> int:
    tester = credentials["tester"]
    form = {"grant_type": "client_credentials", "client_id": tester["tester_id"], "client_secret": tester["tester_key"]}
    answer = await http.post("/oauth/token", data=form)
    assert answer.status_code in (200, 503), answer.text
    if answer.status_code == 200:
        promises.tokens.add(answer.json()["access_token"])
    return answer.status_code


async def _revoke(http: httpx2.AsyncClient, promises: Promises, luck: Random, credentials: dict[str, Any]) -> int:
    alive = sorted(promises.tokens - promises.doomed)
    if len(alive) < 4:
        return 0
    token = luck.choice(alive)
    promises.doomed.add(token)
    body = {"scope": {"kind": "token", "token": token}, "reason": "leaked"}
    answer = await http.post("/admin/revocations", json=body, headers=_operator(credentials))
    assert answer.status_code in (200, 503), answer.text
    if answer.status_code == 200:
        promises.revoked.add(token)
    return answer.status_code


async def _submit(http: httpx2.AsyncClient, promises: Promises, luck: Random, credentials: dict[str, Any]) -> int:
    bearer = _bearer(credentials["tester"]["access_token"])
    answer = await http.post("/v1/videos", json={"prompt": "a lighthouse"}, headers=bearer)
    assert answer.status_code in (200, 429, 503), answer.text
    if answer.status_code == 200:
        promises.videos.add(answer.json()["id"])
    return answer.status_code


async def _approve(http: httpx2.AsyncClient, promises: Promises, luck: Random, credentials: dict[str, Any]) -> int:
    operator = _operator(credentials)
    answer = await http.get("/admin/approvals?state=held", headers=operator)
    assert answer.status_code in (200, 503), answer.text
    held = [item["video_id"] for item in answer.json()["data"]] if answer.status_code == 200 else []
    if not held:
        return answer.status_code
    video_id, who = luck.choice(held), {"reviewer": f"reviewer-{luck.randrange(8)}"}
    answer = await http.post(f"/admin/approvals/{video_id}/claim", json=who, headers=operator)
    if answer.status_code == 200:
        answer = await http.post(f"/admin/approvals/{video_id}/approve", json=who, headers=operator)
        if answer.status_code == 200:
            promises.approved.add(video_id)
    return answer.status_code


async def _misuse(http: httpx2.AsyncClient, promises: Promises, luck: Random, credentials: dict[str, Any]) -> int:
    """Try a token whose revocation was acknowledged."""
    if not promises.revoked:
        return 0
    answer = await http.get("/v1/videos", headers=_bearer(luck.choice(sorted(promises.revoked))))
    assert answer.status_code in (401, 503), f"a revoked token was let in: {answer.text}"
    return answer.status_code


def _operator(credentials: dict[str, Any]) -> dict[str, str]:
    return _bearer(credentials["operator_key"])


def _bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}
