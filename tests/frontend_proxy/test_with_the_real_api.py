"""The front end before the product's own API, in process: the wire format is all they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from frontend_proxy.core.credentials import Secret
from frontend_proxy.settings import CredentialSetting
from leaklab.opening import OpenRange, Wishes, open_range
from mock_api.core.policy import Approval, Policy
from mock_api.core.scopes import TesterScope
from mock_api.web.app import create_app
from mock_api.web.settings import WebSettings
from tests.frontend_proxy.site import ORDER, Site, open_site
from tests.frontend_proxy.surroundings import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def opened(tmp_path: Path, clock: SetClock) -> Iterator[OpenRange]:
    """A range whose outputs leave at once."""
    policy = Policy(name="open", approval=Approval(mode="none"))
    with open_range(tmp_path / "range", policy, clock, Wishes(3)) as opened:
        yield opened


def transport_to(opened: OpenRange) -> httpx2.ASGITransport:
    """The real API, without a socket."""
    return httpx2.ASGITransport(create_app(opened.authority, opened.journal, WebSettings()))


async def order_until_one_is_served(site: Site) -> None:
    """Moderation refuses some; after twenty orders one must have come through."""
    for _ in range(20):
        await site.visitor.post("/", data=ORDER | {"style": "film-noir"})
        await site.pump_for(600)
        if site.desk.stats.served:
            return


@pytest.mark.parametrize("kind", ["access_token", "tester_key"])
async def test_a_clip_is_made_until_the_tester_is_cut_off(
    opened: OpenRange, clock: SetClock, kind: str
) -> None:
    tester = opened.credentials["tester"]
    tester_id = tester["tester_id"] if kind == "tester_key" else None
    credential = CredentialSetting(Secret(tester[kind]), tester_id)
    knobs: dict[str, Any] = {"clock": clock, "credentials": (credential,), "presence_timeout": None}
    async with open_site(transport=transport_to(opened), **knobs) as site:
        await order_until_one_is_served(site)
        clip = site.desk.gallery.newest(1)[0]
        video = await site.visitor.get(f"/c/{clip.clip_id}/content?variant=video")
        still = await site.visitor.get(f"/c/{clip.clip_id}/content?variant=thumbnail")
        assert video.headers["content-type"] == "video/mp4"
        assert video.content[4:8] == b"ftyp"
        assert still.headers["content-type"].startswith("image/")
        opened.authority.responder.revoke(TesterScope(tester["tester_id"]), "leaked", "operator")
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(10)
        assert "Out of credentials" in (await site.visitor.get("/")).text
        assert site.desk.credentials.alive == 0
        for secret in (tester["tester_key"], tester["access_token"]):
            assert secret not in (await site.visitor.get("/")).text + repr(site.events)
