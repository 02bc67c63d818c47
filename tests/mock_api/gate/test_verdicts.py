"""Who passes a gate: in the API's own words, by the gate's own view, also in the middle of an answer."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_api.core.enforcement import ExpiryOnly, Freshness, Pull, Push
from mock_api.core.events import RequestAdmitted, RequestRefused
from mock_api.gate.settings import GateLimits
from tests.mock_api.gate.conftest import Build, Scripted, Site, eventually

pytestmark = pytest.mark.server

OFTEN = GateLimits(judge_again=0.05, report_every=0.02)


def gate_key(here: Site) -> dict[str, str]:
    """The header of who may ask for a gate's status."""
    return {"Authorization": f"Bearer {here.parts.gate_key}"}


async def status(here: Site) -> Any:
    answer = await here.client.get(f"{here.gate}/gate/status", headers=gate_key(here))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Bearer a.b.c", "Basic eDp5", "DPoP a.b.c"])
async def test_a_refusal_at_the_gate_is_the_one_of_the_api(site: Build, authorization: str | None) -> None:
    here = await site(ExpiryOnly())
    headers = {"Authorization": authorization} if authorization else {}
    ours = await here.client.get(f"{here.gate}/v1/videos", headers=headers)
    theirs = await here.client.get(f"{here.authority}/v1/videos", headers=headers)
    assert ours.status_code == theirs.status_code == 401
    assert ours.json() == theirs.json()
    for name in ("www-authenticate", "cache-control", "content-type", "x-leaklab"):
        assert ours.headers[name] == theirs.headers[name]
    assert ours.headers["x-request-id"].startswith("gate_")


async def test_two_credentials_are_one_too_many(site: Build) -> None:
    here = await site(ExpiryOnly())
    twice = [("Authorization", here.bearer["Authorization"])] * 2
    answer = await here.client.get(f"{here.gate}/v1/videos", headers=twice)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


async def test_an_expired_token_is_refused_by_the_gates_own_clock(site: Build) -> None:
    here = await site(ExpiryOnly())
    assert (await here.get()).status_code == 200
    here.house.clock.at += 3601.0
    answer = await here.get()
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_expired")


async def test_a_pulled_view_learns_of_a_revocation_when_it_is_due_and_not_before(site: Build) -> None:
    here = await site(Pull(every=30.0))
    assert (await here.get()).status_code == 200
    await here.revoke()
    assert (await here.get()).status_code == 200
    here.house.clock.at += 30.0

    async def is_refused() -> bool:
        return (await here.get()).status_code == 401

    async with asyncio.timeout(5):
        while not await is_refused():
            await asyncio.sleep(0.02)


async def test_a_request_that_carries_a_version_waits_for_a_view_as_new(site: Build) -> None:
    here = await site(Freshness(every=3600.0))
    assert (await here.get()).status_code == 200
    await here.revoke()
    version = str(here.house.authority.feed.version)
    assert (await here.get()).status_code == 200
    here.house.clock.at += 0.001
    answer = await here.get(**{"X-Leaklab-Version": version})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_revoked"), answer.text


async def test_a_version_that_is_none_is_refused(site: Build) -> None:
    here = await site(Freshness())
    answer = await here.get(**{"X-Leaklab-Version": "new"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "X-Leaklab-Version")


async def test_a_key_that_was_added_later_is_asked_for_and_once(site: Build) -> None:
    here = await site(ExpiryOnly())
    await here.get()
    house = here.house
    house.clock.at += 10.0
    house.authority.operator.rotate_key("test")
    new = {"Authorization": f"Bearer {house.token(house.tester_id, house.tester_key)}"}
    asked = here.parts.figures.look_ups
    answers = await asyncio.gather(*(
        here.client.get(f"{here.gate}/v1/videos", headers=new) for _ in range(8)
    ))
    assert {answer.status_code for answer in answers} == {200}
    assert here.parts.figures.look_ups == asked + 1


async def test_keys_that_nobody_has_make_the_gate_ask_once_in_a_while(site: Build) -> None:
    import jwt

    here = await site(ExpiryOnly())
    asked = here.parts.figures.look_ups
    for number in range(20):
        forged = jwt.encode({"a": 1}, "k" * 32, "HS256", {"typ": "at+jwt", "kid": f"key_{number}"})
        answer = await here.client.get(f"{here.gate}/v1/videos", headers={"Authorization": f"Bearer {forged}"})
        assert answer.json()["error"]["code"] == "forged_token"
    assert here.parts.figures.look_ups <= asked + 1


async def test_an_answer_under_way_ends_when_its_token_is_refused(site: Build) -> None:
    async def script(_scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"video/mp4")]})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            continue

    here = await site(Pull(every=5.0), upstream=Scripted(script), limits=OFTEN)
    async with asyncio.timeout(8):
        async with here.client.stream("GET", f"{here.gate}/v1/videos", headers=here.bearer) as answer:
            pieces = answer.aiter_raw()
            assert await anext(pieces) == b"first"
            await here.revoke()
            here.house.clock.at += 5.0
            with pytest.raises(httpx2.RemoteProtocolError):
                await anext(pieces)
    assert here.parts.figures.broken_off == 1
    assert here.parts.figures.refused == {"token_revoked": 1}


async def test_a_stream_of_a_good_token_goes_on(site: Build) -> None:
    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10):
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await asyncio.sleep(0.03)
        await send({"type": "http.response.body", "body": b""})

    here = await site(Pull(), upstream=Scripted(script), limits=OFTEN)
    assert (await here.get()).text == "x" * 10


async def test_what_the_gate_refuses_stands_in_the_authoritys_log(site: Build) -> None:
    here = await site(Pull(every=1.0), limits=OFTEN)
    await here.get(**{"User-Agent": "curl/8"})
    await here.revoke()
    here.house.clock.at += 1.0
    await eventually(lambda: str(here.parts.point.view.version).endswith(".1"))
    await here.get(path="/v1/videos/video_1", **{"User-Agent": "curl/8"})
    await eventually(lambda: here.parts.figures.reported)
    events = [event for _, event in here.house.journal.events()]
    admitted = [event for event in events if isinstance(event, RequestAdmitted)]
    refused = [event for event in events if isinstance(event, RequestRefused)]
    assert [(event.gate, event.origin) for event in admitted] == [("gate-1", "127.0.0.1 curl/8")]
    assert [(event.gate, event.origin, event.action, event.code) for event in refused] == [
        ("gate-1", "127.0.0.1 curl/8", "videos.retrieve", "token_revoked")
    ]
    assert refused[0].jti == admitted[0].jti


async def test_the_history_has_a_line_for_every_request(site: Build, tmp_path: Path) -> None:
    here = await site(Pull(every=1.0), history=tmp_path / "gate-1.ndjson")
    await here.get()
    await here.client.get(f"{here.gate}/v1/videos")
    lines = [json.loads(line) for line in (tmp_path / "gate-1.ndjson").read_text().splitlines()]
    assert [(line["status"], line["code"], line["gate"]) for line in lines] == [
        (200, None, "gate-1"), (401, "missing_token", "gate-1")
    ]
    assert lines[0]["jti"].startswith("at_")
    assert lines[0]["version"] == str(here.house.authority.feed.version)
    assert lines[0]["started"] <= lines[0]["finished"]
    assert (tmp_path / "gate-1.ndjson").stat().st_mode & 0o077 == 0


async def test_the_status_says_how_the_gate_stands(site: Build) -> None:
    here = await site(Push())
    await here.get()
    said = await status(here)
    assert (said["name"], said["enforcement"]["kind"], said["is_ready"]) == ("gate-1", "push", True)
    assert said["version"] == str(here.house.authority.feed.version)
    assert (said["figures"]["admitted"], said["figures"]["under_way"]) == (1, 1)
    assert here.parts.gate_key not in json.dumps(said)


async def test_the_status_is_not_for_everybody(site: Build) -> None:
    here = await site(ExpiryOnly())
    for headers in ({}, here.bearer, {"Authorization": f"Bearer {here.house.operator_key}"}):
        answer = await here.client.get(f"{here.gate}/gate/status", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "gate_key_invalid")


async def test_health_and_metrics_are_the_gates_own(site: Build) -> None:
    here = await site(ExpiryOnly())
    await here.get()
    assert (await here.client.get(f"{here.gate}/healthz")).json()["status"] == "ok"
    assert (await here.client.get(f"{here.gate}/readyz")).status_code == 200
    text = (await here.client.get(f"{here.gate}/metrics")).text
    assert 'leaklab_gate_admitted_total{gate="gate-1"} 1.0' in text


async def test_push_over_server_sent_events_refuses_at_once(site: Build) -> None:
    here = await site(Push(pulse=0.05))
    async with asyncio.timeout(5):
        while (await here.get()).status_code != 200:
            await asyncio.sleep(0.02)
    await here.revoke()
    async with asyncio.timeout(5):
        while (await here.get()).status_code != 401:
            await asyncio.sleep(0.005)
    assert here.parts.figures.messages >= 1
