"""`kill -9` under load: nothing acknowledged is lost, nothing revoked comes back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from tests.e2e.running import RunningRange, start

CLIENTS = 8
KILLS = int(os.environ.get("LEAKLAB_TEST_KILLS", "50"))


@dataclass
class Acknowledged:
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


@pytest.mark.slow
@pytest.mark.server
def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(tmp_path: Path) -> None:
    luck, acknowledged = Random(7), Acknowledged()
    for life in range(KILLS):
        server = start(tmp_path / "range", "api")
        try:
            asyncio.run(_one_life(server, acknowledged, lasts=luck.randrange(10, 60), seed=life))
        finally:
            server.kill()
            if server.process.stdout is not None:
                server.process.stdout.close()
    server = start(tmp_path / "range", "api")
    try:
        asyncio.run(_everything_is_there(server, acknowledged))
    finally:
        assert server.stop() == 0
        if server.process.stdout is not None:
            server.process.stdout.close()
    assert len(acknowledged.tokens) > KILLS, "the load was too light to show anything"
    assert acknowledged.revoked, "no revocation was acknowledged"
    assert acknowledged.approved, "no approval was acknowledged"


async def _one_life(server: RunningRange, acknowledged: Acknowledged, *, lasts: int, seed: int) -> None:
    """Check what earlier lives promised, then load the server and kill it in the middle of whatever it does."""
    await _everything_is_there(server, acknowledged, sample=Random(seed))
    clients = [
        asyncio.create_task(_client(server, acknowledged, Random(f"{seed}/{number}"))) for number in range(CLIENTS)
    ]
    promised = acknowledged.count
    while acknowledged.count < promised + lasts and not any(client.done() for client in clients):
        await asyncio.sleep(0.001)
    server.process.kill()
    await asyncio.gather(*clients)


async def _client(server: RunningRange, acknowledged: Acknowledged, luck: Random) -> None:
    """Issue, revoke, submit and approve until the server is gone; note only what was acknowledged."""
    deeds: list[Callable[..., Awaitable[None]]] = [_issue, _issue, _revoke, _submit, _approve]
    async with _session(server) as http:
        while True:
            try:
                await luck.choice(deeds)(http, acknowledged, luck, server.credentials)
            except httpx2.TransportError:
                return


async def _issue(
    http: httpx2.AsyncClient, acknowledged: Acknowledged, luck: Random, credentials: dict[str, Any]
) -> None:
    tester = credentials["tester"]
    form = {"grant_type": "client_credentials", "client_id": tester["tester_id"], "client_secret": tester["tester_key"]}
    answer = await http.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    acknowledged.tokens.add(token)


async def _revoke(
    http: httpx2.AsyncClient, acknowledged: Acknowledged, luck: Random, credentials: dict[str, Any]
) -> None:
    alive = sorted(acknowledged.tokens - acknowledged.doomed)
    if len(alive) < 4:
        return
    token = luck.choice(alive)
    acknowledged.doomed.add(token)
    body = {"scope": {"kind": "token", "token": token}, "reason": "leaked"}
    answer = await http.post("/admin/revocations", json=body, headers=_operator(credentials))
    assert answer.status_code == 200, answer.text
    acknowledged.revoked.add(token)


async def _submit(
    http: httpx2.AsyncClient, acknowledged: Acknowledged, luck: Random, credentials: dict[str, Any]
) -> None:
    answer = await http.post(
        "/v1/videos", json={"prompt": "a lighthouse"}, headers=_bearer(credentials["tester"]["access_token"])
    )
    if answer.status_code == 200:
        acknowledged.videos.add(answer.json()["id"])
    else:
        assert answer.status_code == 429, answer.text


async def _approve(
    http: httpx2.AsyncClient, acknowledged: Acknowledged, luck: Random, credentials: dict[str, Any]
) -> None:
    answer = await http.get("/admin/approvals?state=held", headers=_operator(credentials))
    assert answer.status_code == 200, answer.text
    held = [item["video_id"] for item in answer.json()["data"]]
    if not held:
        return
    video_id, who = luck.choice(held), {"reviewer": f"reviewer-{luck.randrange(8)}"}
    if (
        await http.post(f"/admin/approvals/{video_id}/claim", json=who, headers=_operator(credentials))
    ).status_code != 200:
        return
    if (
        await http.post(f"/admin/approvals/{video_id}/approve", json=who, headers=_operator(credentials))
    ).status_code == 200:
        acknowledged.approved.add(video_id)


async def _everything_is_there(
    server: RunningRange, acknowledged: Acknowledged, *, sample: Random | None = None
) -> None:
    """Ask the restarted server about every promise (or a sample of 25 of each kind)."""

    def some(promises: list[str]) -> list[str]:
        return promises if sample is None or len(promises) <= 25 else sample.sample(promises, 25)

    async with _session(server) as http:
        bearer = _bearer(server.credentials["tester"]["access_token"])
        for token in some(sorted(acknowledged.revoked)):
            answer = await http.get("/v1/videos", headers=_bearer(token))
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_revoked")
        for token in some(sorted(acknowledged.tokens - acknowledged.doomed)):
            answer = await http.get("/v1/videos", headers=_bearer(token))
            assert answer.status_code in (200, 429), answer.text
        for video_id in some(sorted(acknowledged.approved)):
            answer = await http.get(f"/v1/videos/{video_id}", headers=bearer)
            assert answer.status_code == 429 or answer.json()["approval"]["state"] == "approved", answer.text
        for video_id in some(sorted(acknowledged.videos - acknowledged.approved)):
            answer = await http.get(f"/v1/videos/{video_id}", headers=bearer)
            assert answer.status_code in (200, 429), answer.text


def _session(server: RunningRange) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.credentials["api_url"], trust_env=False, verify=False, timeout=10.0)


def _operator(credentials: dict[str, Any]) -> dict[str, str]:
    return _bearer(credentials["operator_key"])


def _bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}
