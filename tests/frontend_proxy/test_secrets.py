from __future__ import annotations

import json
import logging
import pickle
import time
from collections.abc import Callable

import httpx2
import msgspec
import pytest

from frontend_proxy.core.credentials import Secret
from frontend_proxy.settings import CredentialSetting, ProxySettings
from tests.frontend_proxy.serving import live_site
from tests.frontend_proxy.site import ORDER, SECRET, open_site
from tests.frontend_proxy.wire_api import WireApi

KEY = "llk_aVeryLongTesterKeyThatNobodyMaySee0123"
PATHS = (
    "/", "/place.json", "/stats.json", "/metrics", "/healthz", "/nowhere", "/static/page.js",
    "/static/page.css", "/c/clip_none", "/c/clip_none/content",
)


def seen_by_visitors(answers: list[httpx2.Response]) -> str:
    """Every byte a visitor got, headers included."""
    return "\n".join(f"{answer.headers!r} {answer.text}" for answer in answers)


@pytest.mark.parametrize("ending", ["served", "revoked", "unreachable", "moderated", "not a simulation"])
async def test_no_secret_is_on_any_page_in_any_log_or_in_any_event(
    ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api = WireApi(SECRET)
    api.keys["tester_1"] = KEY
    credentials = (CredentialSetting(Secret(KEY), "tester_1"), CredentialSetting(Secret(SECRET)))
    async with open_site(api, credentials=credentials) as site:
        if ending == "revoked":
            api.keys.clear()
            api.bearers.clear()
        if ending == "unreachable":
            api.redirects_to = "http://127.0.0.1:9/"
        if ending == "moderated":
            api.failing_with = "moderation_blocked"
        if ending == "not a simulation":
            api.marker = {}
        answers = [await site.visitor.post("/", data=ORDER)]
        await site.pump_for(20)
        answers += [await site.visitor.get(path) for path in PATHS]
        await site.pump_for(400)
        answers += [await site.visitor.get(path) for path in PATHS]
        answers += [await site.visitor.post("/", data={}), await site.visitor.post("/leave")]
        clips = list(site.desk.gallery)
        answers += [await site.visitor.get(f"/c/{clip.clip_id}") for clip in clips]
        bought = {bearer.removeprefix("Bearer ") for _, _, bearer in api.calls if bearer is not None}
        pool = site.desk.credentials
        everything = "\n".join(
            [
                seen_by_visitors(answers),
                caplog.text,
                msgspec.json.encode(site.events).decode(),
                repr((site.desk, site.upstream, site.events, vars(site.desk), site.app.state.__dict__)),
                repr([pool.get(alias) for alias in pool.aliases()]),
                repr(vars(site.upstream)),
            ]
        )
    for secret in {KEY, SECRET, *bought}:
        assert secret not in everything
    if ending == "served":
        assert bought


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(KEY)
    settings = ProxySettings(credentials=(CredentialSetting(secret, "tester_1"),))
    leaks: list[Callable[[], object]] = [
        lambda: repr(secret),
        lambda: str(secret),
        lambda: f"{secret}",
        lambda: repr(settings),
        lambda: [secret],
    ]
    assert all(KEY not in repr(leak()) for leak in leaks)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(settings)
    with pytest.raises(TypeError):
        json.dumps(secret)


async def test_a_credential_that_fits_no_header_is_not_quoted_in_the_trouble_it_makes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    crooked = "crooked\r\nsecret\u20ac"
    async with open_site(credentials=(CredentialSetting(Secret(crooked)),)) as site:
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(10)
        assert site.desk.stats.refused_upstream.total() > 0
    assert "crooked" not in caplog.text


@pytest.mark.server
def test_no_secret_is_in_the_logs_of_a_live_site(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with live_site() as site, httpx2.Client(base_url=site.address, follow_redirects=True) as visitor:
        visitor.post("/", data=ORDER)
        page = visitor.get("/")
        for _ in range(500):
            if "Your clip is ready" in page.text:
                break
            time.sleep(0.02)
            page = visitor.get("/")
        assert "Your clip is ready" in page.text
    assert any(SECRET in (bearer or "") for _, _, bearer in site.api.calls)
    assert SECRET not in caplog.text
