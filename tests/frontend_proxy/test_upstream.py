from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend_proxy.answers import refusal_of
from frontend_proxy.core.credentials import Secret
from frontend_proxy.settings import CredentialSetting
from frontend_proxy.upstream import check_address
from frontend_proxy.upstream_errors import UpstreamForbidden
from tests.frontend_proxy.site import ORDER, SECRET, Site, open_site
from tests.frontend_proxy.wire_api import WireApi

KEY = "llk_aVeryLongTesterKeyThatNobodyMaySee0123"


class Switch(httpx2.AsyncBaseTransport):
    """A network one can cut."""

    def __init__(self, api: WireApi) -> None:
        self._inner = httpx2.ASGITransport(api.app)
        self.is_cut = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.is_cut:
            raise httpx2.ConnectError("cut", request=request)
        return await self._inner.handle_async_request(request)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost", "https://[::1]:8443", "http://127.9.9.9", "http://api:8000"]
)
def test_loopback_and_named_hosts_are_talked_to(url: str) -> None:
    assert check_address(url, ("api",)).host


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1",
        "http://192.0.2.1:8000",
        "http://0.0.0.0:8000",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1.example.com",
        "http://user:word@127.0.0.1",
        "http://api.other",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "",
        "http://[::1",
        "http://2130706433",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(UpstreamForbidden):
        check_address(url, ("api",))


@pytest.mark.parametrize(
    "marker",
    [
        {},
        {"product": "leaklab"},
        {"product": "leaklab", "simulation": "true"},
        {"product": "x", "simulation": True},
    ],
)
async def test_nothing_secret_is_sent_to_whoever_is_no_simulation(marker: dict[str, object]) -> None:
    api = WireApi(SECRET)
    api.marker = marker
    async with open_site(api) as site:
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(30)
        page = (await site.visitor.get("/")).text
        assert "does not say that it is a simulation" in page
        assert {path for _, path, _ in api.calls} == {"/.well-known/leaklab"}
        assert {bearer for _, _, bearer in api.calls} == {None}
        assert site.desk.is_upstream_gone


async def test_redirects_are_not_followed(site: Site) -> None:
    site.api.redirects_to = "http://127.0.0.1:9/elsewhere"
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(8)
    assert {path for _, path, _ in site.api.calls} == {"/.well-known/leaklab", "/v1/videos"}
    assert site.desk.stats.refused_upstream["unreachable"] >= 1


async def test_a_silent_api_is_asked_again_and_the_page_says_so() -> None:
    api = WireApi(SECRET)
    network = Switch(api)
    async with open_site(api, network) as site:
        await site.visitor.get("/")
        network.is_cut = True
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(12)
        assert "The service does not answer" in (await site.visitor.get("/")).text
        network.is_cut = False
        await site.pump_for(60)
        assert "Your clip is ready" in (await site.visitor.get("/")).text
        assert len(api.orders) == 1


async def test_a_lost_answer_makes_no_second_clip() -> None:
    api = WireApi(SECRET)

    class LosesFirstAnswer(Switch):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            answer = await super().handle_async_request(request)
            if request.method == "POST" and not lost:
                lost.append(request)
                raise httpx2.ReadTimeout("lost", request=request)
            return answer

    lost: list[httpx2.Request] = []
    async with open_site(api, LosesFirstAnswer(api)) as site:
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(60)
        assert site.desk.stats.served == 1
        assert len(api.orders) == 1


async def test_a_tester_key_buys_tokens_and_renews_them_in_time() -> None:
    api = WireApi()
    api.keys["tester_1"], api.lifetime, api.polls_needed = KEY, 20, 10
    async with open_site(api, credentials=(CredentialSetting(Secret(KEY), "tester_1"),)) as site:
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(80)
        assert site.desk.stats.served == 1
        assert site.desk.stats.refused_upstream.total() == 0
        bought = [path for _, path, _ in api.calls if path == "/oauth/token"]
        assert len(bought) == 3


async def test_a_bought_token_that_is_revoked_is_bought_anew_until_the_key_is_dead() -> None:
    api = WireApi()
    api.keys["tester_1"], api.polls_needed = KEY, 4
    async with open_site(api, credentials=(CredentialSetting(Secret(KEY), "tester_1"),)) as site:
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(1)
        api.bearers.clear()
        await site.pump_for(60)
        assert site.desk.stats.served == 1
        api.bearers.clear()
        api.keys.clear()
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(10)
        assert site.desk.stats.died == {"invalid_client": 1}


async def test_a_revoked_credential_is_replaced_by_the_next(site: Site) -> None:
    site.api.bearers = {"second"}
    site.desk.credentials.add("second")
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(30)
    assert site.desk.stats.served == 1
    assert site.desk.stats.credentials_alive == {"c2"}


async def test_a_health_check_finds_a_credential_alive_again(site: Site) -> None:
    site.api.refusal = (403, "programme_paused", {})
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(1)
    assert site.desk.credentials.alive == 0
    site.api.refusal = None
    await site.pump_for(61)
    assert site.desk.credentials.alive == 1


async def test_retry_after_is_respected(site: Site) -> None:
    site.api.refusal = (429, "concurrent_renders", {"Retry-After": "40"})
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(39)
    asked = [path for _, path, _ in site.api.calls if path == "/v1/videos"]
    site.api.refusal = None
    await site.pump_for(20)
    assert len(asked) == 1
    assert site.desk.stats.served == 1


async def test_an_endless_download_is_cut_off() -> None:
    api = WireApi(SECRET)
    api.content = b"x" * 5000
    async with open_site(api, content_limit=4000) as site:
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(30)
        assert site.desk.stats.failed == {"content_too_large": 1}


async def test_a_download_that_claims_to_be_a_page_is_served_as_bytes(site: Site) -> None:
    site.api.content, site.api.content_type = b"<script>alert(1)</script>", "text/html"
    clip_id = await site.make_clip()
    answer = await site.visitor.get(f"/c/{clip_id}/content")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


@given(
    st.integers(400, 599),
    st.one_of(st.binary(max_size=60), st.sampled_from([b'{"error":{"code":{}}}', b'{"error":["x"]}', b"[]"])),
    st.text(st.characters(codec="ascii", min_codepoint=32), max_size=12),
)
def test_any_refusal_is_cut_to_a_word(status: int, body: bytes, retry_after: str) -> None:
    refusal = refusal_of(httpx2.Response(status, content=body, headers={"Retry-After": retry_after}))
    assert refusal.code == f"http_{status}"
    assert refusal.retry_after is None or 0 <= refusal.retry_after < float("inf")
