"""Feeds that stay open, over real sockets: so many at once, a clear word to the next one, room again when one goes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx2
import pytest

from mock_api.web import gates, records
from tests.mock_api.gate.conftest import serving
from tests.mock_api.web.conftest import House

pytestmark = pytest.mark.server


@pytest.mark.parametrize("path", ["/admin/events", "/gates/notices"])
async def test_more_followers_than_there_are_lines_are_told_so(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(records, "FOLLOWERS_AT_MOST", 2)
    monkeypatch.setattr(gates, "FOLLOWERS_AT_MOST", 2)
    house = House()
    key = house.operator_key if path == "/admin/events" else house.authority.operator.renew_gate_key()
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    async with serving(house.app) as url, httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        async with AsyncExitStack() as lines:
            read = []  # What reads a line keeps it open.
            for _ in range(2):
                answer = await lines.enter_async_context(client.stream("GET", path))
                assert answer.status_code == 200
                read.append(answer.aiter_raw())
                await anext(read[-1])
            refused = await client.get(path)
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_followers")
            assert refused.headers["retry-after"] == "5"
        async with asyncio.timeout(5):
            while True:
                async with client.stream("GET", path) as answer:
                    if answer.status_code == 200:
                        return
                await asyncio.sleep(0.02)
