"""Fifty clients come with one refresh token at once, over real HTTP, again and again.

`LEAKLAB_REFRESH_ROUNDS` says how often; without it, often enough to notice a race that is wide open.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.running import RunningRange, running

ROUNDS = int(os.environ.get("LEAKLAB_REFRESH_ROUNDS", "10"))
AT_ONCE = 50
KEY_EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:leaklab:params:oauth:token-type:tester-key",
}
POLICIES = {
    "strict": "refresh: {}",
    "grace": "refresh: {grace: 600}",
    "refuse": "refresh: {on_reuse: refuse}",
}


class Race:
    """One server, one tester, many connections."""

    def __init__(self, server: RunningRange) -> None:
        tester = server.credentials["tester"]
        self.key = tester["tester_key"]
        self.auth = (tester["tester_id"], self.key)
        self.operator = {"Authorization": f"Bearer {server.credentials['operator_key']}"}
        limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self.http = httpx2.AsyncClient(
            base_url=server.credentials["api_url"], limits=limits, timeout=60.0, trust_env=False, verify=False
        )

    async def token(self, **form: str) -> httpx2.Response:
        """What the token endpoint answers."""
        return await self.http.post("/oauth/token", data=form, auth=self.auth)

    async def is_active(self, token: str) -> bool:
        """What introspection says, to the operator."""
        answer = await self.http.post("/oauth/introspect", data={"token": token}, headers=self.operator)
        active: bool = answer.json()["active"]
        return active

    async def round(self) -> tuple[Counter[str], int, int]:
        """Outcomes of fifty uses at once; how many refresh tokens and access tokens they brought live on."""
        first = (await self.token(**KEY_EXCHANGE, subject_token=self.key)).json()
        spend = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        answers = await asyncio.gather(*(self.token(**spend) for _ in range(AT_ONCE)))
        outcomes = Counter("won" if each.status_code == 200 else each.json()["error"] for each in answers)
        won: list[dict[str, Any]] = [each.json() for each in answers if each.status_code == 200]
        actives = await asyncio.gather(*(
            self.is_active(grant[name]) for name in ("refresh_token", "access_token") for grant in won
        ))
        await self.http.post("/oauth/revoke", data={"token": first["refresh_token"]}, auth=self.auth)
        return outcomes, sum(actives[: len(won)]), sum(actives[len(won) :])


async def rounds(server: RunningRange) -> list[tuple[Counter[str], int, int]]:
    """All rounds, one after the other."""
    race = Race(server)
    async with race.http:
        return [await race.round() for _ in range(ROUNDS)]


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("name", POLICIES)
def test_one_use_wins_or_the_family_dies_and_no_two_descendants_live(name: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    quota = "quota: {live_tokens: 1000000, requests_per_minute: 1000000}"
    policy.write_text(f"name: {name}\n{POLICIES[name]}\n{quota}\n", encoding="utf-8")
    with running(tmp_path / "range", "api", "--policy", str(policy)) as server:
        found = asyncio.run(rounds(server))
    expected: dict[str, tuple[Counter[str], int, int]] = {
        # The second use shows that two parties hold the token: whoever was first loses it as well.
        "strict": (Counter(won=1, invalid_grant=AT_ONCE - 1), 0, 0),
        # Each retry gets a pair, which ends the one before; the last one lives.
        "grace": (Counter(won=AT_ONCE), 1, 1),
        "refuse": (Counter(won=1, invalid_grant=AT_ONCE - 1), 1, 1),
    }
    assert [each for each in found if each != expected[name]] == []
    assert len(found) == ROUNDS
