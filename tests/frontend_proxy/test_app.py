from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.frontend_proxy.site import ORDER, Site, open_site
from tests.frontend_proxy.wire_api import CLIP


async def test_the_page_opens_and_says_that_it_is_a_simulation(site: Site) -> None:
    answer = await site.visitor.get("/")
    assert answer.status_code == 200
    assert "Simulation." in answer.text
    assert answer.headers["x-leaklab"] == "simulation"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "<style" not in answer.text
    assert "http-equiv" not in answer.text


async def test_a_visitor_is_found_again_by_the_cookie(site: Site) -> None:
    first = await site.visitor.get("/")
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "SameSite=lax" in first.headers["set-cookie"]
    await site.visitor.get("/")
    assert site.desk.stats.visitors == 1


async def test_an_invented_cookie_names_nobody(site: Site) -> None:
    answer = await site.visitor.get("/", headers={"Cookie": "visitor=visitor_of_my_own"})
    assert "visitor_of_my_own" not in answer.headers["set-cookie"]


async def test_a_clip_is_ordered_awaited_shown_and_shared(site: Site) -> None:
    answer = await site.visitor.post("/", data=ORDER | {"style": "film-noir"})
    assert answer.status_code == 200
    assert "You are number 1 in line" in answer.text
    assert '<noscript><meta http-equiv="refresh"' in answer.text
    await site.pump.pump()
    assert "Your clip is being made" in (await site.visitor.get("/")).text
    assert site.api.orders == [
        {
            "prompt": "A paper boat",
            "model": "mock-video-1-turbo",
            "seconds": "10",
            "size": "640x360",
            "style": "film-noir",
        }
    ]
    await site.pump_for(60)
    page = (await site.visitor.get("/")).text
    clip_id = site.desk.gallery.newest(1)[0].clip_id
    assert "Your clip is ready" in page
    assert f"http://front.test/c/{clip_id}" in page
    content = await site.visitor.get(f"/c/{clip_id}/content?variant=video")
    assert content.content == CLIP
    assert content.headers["content-type"] == "video/mp4"
    still = await site.visitor.get(f"/c/{clip_id}/content?variant=thumbnail")
    assert still.headers["content-type"] == "image/png"


async def test_a_visit_through_a_share_link_is_the_clips_offspring(site: Site) -> None:
    clip_id = await site.make_clip()
    async with site.another_visitor() as friend:
        page = await friend.get(f"/c/{clip_id}")
        await friend.get(f"/c/{clip_id}")
    await site.visitor.get(f"/c/{clip_id}")
    assert "Somebody shared this clip with you" in page.text
    assert site.desk.stats.offspring == 1
    assert site.desk.gallery.newest(1)[0].offspring == 1


async def test_looking_for_ones_place_is_a_sign_of_life() -> None:
    async with open_site(concurrency=0, presence_timeout=90.0) as site:
        await site.visitor.post("/", data=ORDER)
        async with site.another_visitor() as silent:
            await silent.post("/", data=ORDER)
            for _ in range(10):
                site.clock.advance(30)
                await site.pump.pump()
                place = (await site.visitor.get("/place.json")).json()
            assert place["state"] == "waiting"
            assert place["position"] == 1
            assert "You left the queue" in (await silent.get("/")).text
        assert site.desk.stats.reneged == 1


async def test_the_place_moves_up(site: Site) -> None:
    site.desk.set_concurrency(1)
    async with site.another_visitor() as first:
        await first.post("/", data=ORDER)
        await site.visitor.post("/", data=ORDER)
        assert (await site.visitor.get("/place.json")).json()["position"] == 2
        await site.pump.pump()
        place = (await site.visitor.get("/place.json")).json()
        assert place["position"] == 1
        assert place["headline"] == "You are number 1 in line"
        assert place["expected_wait"] > 0


async def test_a_visitor_may_leave_the_line_without_a_script(site: Site) -> None:
    site.desk.set_concurrency(0)
    await site.visitor.post("/", data=ORDER)
    page = await site.visitor.post("/leave")
    assert "You left the queue" in page.text
    assert site.desk.stats.reneged == 1
    assert len(site.desk.line) == 0


async def test_whoever_goes_without_joining_has_balked(site: Site) -> None:
    await site.visitor.get("/")
    await site.visitor.post("/leave")
    assert site.desk.stats.balked == {"queue": 1}


async def test_a_full_queue_turns_away_with_a_sentence() -> None:
    async with open_site(queue_limit=1, concurrency=0) as site:
        await site.visitor.post("/", data=ORDER)
        async with site.another_visitor() as late:
            answer = await late.post("/", data=ORDER | {"prompt": "keep my words"})
        assert answer.status_code == 503
        assert "The queue is full" in answer.text
        assert "keep my words" in answer.text


async def test_one_visitor_waits_for_one_clip_at_a_time(site: Site) -> None:
    await site.visitor.post("/", data=ORDER)
    answer = await site.visitor.post("/", data=ORDER)
    assert answer.status_code == 409
    assert "on its way" in answer.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"prompt": ""}, "Please describe the clip"),
        ({"prompt": " \x00\n "}, "Please describe the clip"),
        ({"prompt": "x" * 501}, "keep the description to 500 characters"),
        ({"seconds": "3600"}, "Please choose a length"),
        ({"size": "99999x99999"}, "Please choose one of these sizes"),
        ({"style": "x" * 61}, "keep the style to 60 characters"),
    ],
)
async def test_bad_input_gets_the_page_back_with_a_sentence(
    site: Site, wrong: dict[str, str], sentence: str
) -> None:
    answer = await site.visitor.post("/", data=ORDER | wrong)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert site.desk.stats.submissions == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe\x00", b"a=" + b"%ED%A0%80" * 10, b"&" * 100])
async def test_odd_bodies_are_answered_in_the_four_hundreds(site: Site, body: bytes) -> None:
    for content_type in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data"):
        answer = await site.visitor.post("/", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == 400


async def test_too_many_fields_are_refused(site: Site) -> None:
    answer = await site.visitor.post("/", data={f"field{number}": "x" for number in range(50)})
    assert answer.status_code == 400
    assert answer.headers["x-leaklab"] == "simulation"


async def test_a_body_of_a_gigabyte_is_not_read(site: Site) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1024):
            sent += 1024 * 1024
            yield b"x" * 1024 * 1024

    claimed = await site.visitor.post("/", content=b"x", headers={"Content-Length": str(1024**3)})
    streamed = await site.visitor.post(
        "/", content=endless(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert claimed.status_code == 413
    assert claimed.headers["x-leaklab"] == "simulation"
    assert streamed.status_code == 413
    assert "Too much" in streamed.text


async def test_markup_in_a_prompt_stays_text(site: Site) -> None:
    await site.make_clip(prompt='<img src=x onerror="alert(1)">')
    page = (await site.visitor.get("/")).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.invalid"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.invalid/page"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_forms_of_other_sites_are_refused(site: Site, headers: dict[str, str]) -> None:
    for path in ("/", "/leave"):
        answer = await site.visitor.post(path, data=ORDER, headers=headers)
        assert answer.status_code == 403
    assert site.desk.stats.submissions == 0


async def test_the_form_of_this_site_is_taken(site: Site) -> None:
    headers = {"Origin": "http://front.test", "Sec-Fetch-Site": "same-origin"}
    assert (await site.visitor.post("/", data=ORDER, headers=headers)).status_code == 200


async def test_a_dead_desk_says_so_and_takes_no_orders() -> None:
    async with open_site(presence_timeout=None) as site:
        site.api.bearers.clear()
        await site.visitor.post("/", data=ORDER)
        await site.pump_for(10)
        assert "The line stands still" in (await site.visitor.get("/")).text
        await site.pump_for(301)
        async with site.another_visitor() as late:
            page = (await late.get("/")).text
            answer = await late.post("/", data=ORDER)
        assert "Out of credentials" in page
        assert "disabled" in page
        assert answer.status_code == 503
        assert "Access was withdrawn" in (await site.visitor.get("/")).text
        assert site.desk.stats.died == {"token_revoked": 1}


async def test_a_clip_that_waits_for_approval_is_said_to_be_made(site: Site) -> None:
    site.api.polls_needed, site.api.approval = 10**6, "held"
    await site.visitor.post("/", data=ORDER)
    await site.pump.pump()
    assert "Your clip is being made" in (await site.visitor.get("/")).text
    await site.pump_for(10)
    assert "Made, and waiting to be released" in (await site.visitor.get("/")).text
    place = (await site.visitor.get("/place.json")).json()
    assert (place["state"], place["headline"]) == ("rendering", "Made, and waiting to be released")
    site.api.polls_needed = 0
    await site.pump_for(10)
    assert "Your clip is ready" in (await site.visitor.get("/")).text
    assert site.pump.held == set()


async def test_what_is_held_is_forgotten_with_its_submission(site: Site) -> None:
    site.api.polls_needed, site.api.approval = 10**6, "held"
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(400)
    assert "It took too long" in (await site.visitor.get("/")).text
    site.api.approval = None
    async with site.another_visitor() as other:
        await other.post("/", data=ORDER)
        await site.pump_for(10)
    assert site.pump.held == set()


async def test_no_answer_sends_anybody_to_the_host_they_named(site: Site) -> None:
    answer = await site.visitor.get("/stats.json/", headers={"Host": "elsewhere.invalid"}, follow_redirects=False)
    assert answer.status_code == 404


async def test_a_method_that_is_not_known_is_answered_with_those_that_are(site: Site) -> None:
    answer = await site.visitor.delete("/")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


async def test_moderation_and_time_out_are_told_apart(site: Site) -> None:
    site.api.failing_with = "moderation_blocked"
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(60)
    assert "Refused by moderation" in (await site.visitor.get("/")).text
    site.api.polls_needed = 10**6
    await site.visitor.post("/", data=ORDER)
    await site.pump_for(400)
    assert "It took too long" in (await site.visitor.get("/")).text
    assert site.desk.stats.failed == {"moderation_blocked": 1, "timed_out": 1}


async def test_clips_that_left_the_shelf_are_gone() -> None:
    async with open_site(shelf_limit=10) as site:
        clip_id = await site.make_clip()
        answer = await site.visitor.get(f"/c/{clip_id}/content")
        assert answer.status_code == 410
        assert "still.svg" in (await site.visitor.get("/")).text


async def test_unknown_addresses_get_a_page(site: Site) -> None:
    for path in ("/c/clip_none", "/c/clip_none/content", "/static/app.py", "/nowhere", "/static/..%2fapp.py"):
        answer = await site.visitor.get(path)
        assert answer.status_code == 404
        assert "Nothing here" in answer.text
        assert "Not Found" not in answer.text
    assert (await site.visitor.put("/")).status_code == 405


async def test_the_variant_is_checked(site: Site) -> None:
    clip_id = await site.make_clip()
    assert (await site.visitor.get(f"/c/{clip_id}/content?variant=spritesheet")).status_code == 400


async def test_a_head_request_is_no_visitor(site: Site) -> None:
    assert (await site.visitor.head("/")).status_code == 200
    assert site.desk.stats.visitors == 0


async def test_stats_metrics_and_health_tell_the_same(site: Site) -> None:
    await site.make_clip()
    stats = (await site.visitor.get("/stats.json")).json()
    assert {key: stats[key] for key in ("visitors", "submissions", "served", "credentials_alive")} == {
        "visitors": 1,
        "submissions": 1,
        "served": 1,
        "credentials_alive": 1,
    }
    metrics = (await site.visitor.get("/metrics")).text
    assert "leaklab_proxy_served_total 1.0" in metrics
    assert "leaklab_proxy_credentials_alive 1.0" in metrics
    assert json.loads((await site.visitor.get("/healthz")).text)["status"] == "ok"


async def test_static_files_are_served_with_their_type(site: Site) -> None:
    kinds = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
    for name, kind in kinds.items():
        answer = await site.visitor.get(f"/static/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert "immutable" in answer.headers["cache-control"]


async def test_a_flaw_of_ours_is_a_page_and_no_traceback(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.desk, "arrive", None)
    answer = await site.visitor.get("/")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert answer.headers["x-leaklab"] == "simulation"
