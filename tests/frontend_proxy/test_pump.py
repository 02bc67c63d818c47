from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from frontend_proxy.core.actions import Action
from tests.frontend_proxy.site import ORDER, Site, open_site


async def wait_for_orders(site: Site, count: int) -> None:
    """Let the loop work until the API has seen `count` orders."""
    for _ in range(1000):
        if len(site.api.orders) == count:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{len(site.api.orders)} orders instead of {count}")


async def test_the_loop_performs_side_by_side_and_stops_when_cancelled(site: Site) -> None:
    running = asyncio.create_task(site.pump.run())
    visitors = [site.another_visitor() for _ in range(6)]
    for visitor in visitors:
        await visitor.post("/", data=ORDER)
    await wait_for_orders(site, 4)
    assert len(site.desk.line) == 2
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    for visitor in visitors:
        await visitor.aclose()


async def test_the_loop_survives_a_desk_that_stumbles(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sound = site.desk.actions
    stumbles = [KeyError("sub_1")]

    def stumbling(now: float) -> list[Action]:
        if stumbles:
            raise stumbles.pop()
        return sound(now)

    monkeypatch.setattr(site.desk, "actions", stumbling)
    running = asyncio.create_task(site.pump.run())
    await site.visitor.post("/", data=ORDER)
    await wait_for_orders(site, 1)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert "The desk stumbled" in caplog.text


async def test_a_flaw_in_one_action_costs_that_action_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.upstream, "create", None)
    await site.visitor.post("/", data=ORDER)
    await site.pump.pump()
    assert site.desk.stats.refused_upstream == {"unreachable": 1}


async def test_the_still_can_be_left_out() -> None:
    async with open_site(thumbnails=False) as site:
        await site.make_clip()
        downloads = [path for _, path, _ in site.api.calls if path.endswith("/content")]
    assert len(downloads) == 1


async def test_at_higher_speed_a_page_still_has_its_real_ninety_seconds() -> None:
    async with open_site(speed=60.0, presence_timeout=90.0) as site:
        assert site.desk.settings.presence_timeout == 5400.0
