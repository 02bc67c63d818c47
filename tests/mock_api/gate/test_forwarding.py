"""What passes through a gate and what does not: bodies, headers, paths, trouble behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from mock_api.gate.settings import GateLimits
from tests.mock_api.gate.conftest import Build, Scripted, eventually

pytestmark = pytest.mark.server

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


def piece(body: bytes, more: bool = True) -> dict[str, Any]:
    """A piece of an answer."""
    return {"type": "http.response.body", "body": body, "more_body": more}


async def test_method_path_query_and_body_arrive_as_they_were_sent(site: Build) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    answer = await here.client.post(
        f"{here.gate}/v1/videos/a%2Fb%20c/remix?x=1&x=%26", content=b"\x00body\xff", headers=here.bearer
    )
    assert (answer.status_code, answer.text) == (200, "ok")
    scope = behind.scopes[0]
    assert scope["method"] == "POST"
    assert scope["raw_path"] == b"/v1/videos/a%2Fb%20c/remix"
    assert scope["query_string"] == b"x=1&x=%26"
    assert behind.bodies == [b"\x00body\xff"]


async def test_headers_for_the_next_hop_alone_end_at_the_gate(site: Build) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    await here.get(
        Connection="X-Secret-Hop, close", **{
            "X-Secret-Hop": "1", "Keep-Alive": "9", "TE": "trailers", "Proxy-Connection": "x", "X-Kept": "yes",
            "Proxy-Authorization": "x", "Upgrade": "h2c",
        },
    )
    said = behind.headers()
    assert said["x-kept"] == "yes"
    gone = {"x-secret-hop", "keep-alive", "te", "proxy-connection", "proxy-authorization", "upgrade"}
    assert not gone & said.keys()
    assert said.get("connection", "keep-alive") == "keep-alive"


async def test_the_api_learns_the_gate_and_the_caller_and_not_what_the_caller_says_of_gates(site: Build) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    await here.get(**{
        "User-Agent": "curl/8 x", "X-Leaklab-Gate": "gate-9", "X-Leaklab-Gate-Key": "llg_guess",
        "X-Leaklab-Origin": "6.6.6.6 evil", "X-Leaklab-Gate-Url": "http://evil.test", "Host": "evil.test",
    })
    names = [name for name, _ in behind.scopes[0]["headers"]]
    said = behind.headers()
    assert all(names.count(name) == 1 for name in names if name.startswith((b"x-leaklab", b"host")))
    assert said["x-leaklab-gate"] == "gate-1"
    assert said["x-leaklab-origin"] == "127.0.0.1 curl/8"
    assert said["x-leaklab-gate-url"] == "http://gate.test"
    assert here.house.authority.operator.is_gate_key(said["x-leaklab-gate-key"])
    assert said["host"].startswith("127.0.0.1:")


async def test_request_ids_pass_both_ways(site: Build) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    answer = await here.get(**{"X-Request-Id": "mine-1"})
    assert behind.headers()["x-request-id"] == "mine-1"
    assert answer.headers.get_list("x-request-id") == ["req_7"]
    refused = await here.client.get(f"{here.gate}/v1/videos", headers={"X-Request-Id": "mine-2"})
    assert refused.headers["x-request-id"] == "mine-2"


async def test_an_answer_streams_as_it_is_made(site: Build) -> None:
    go_on = asyncio.Event()

    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        await send(START)
        await send(piece(b"first"))
        await go_on.wait()
        await send(piece(b"last", more=False))

    here = await site(upstream=Scripted(script))
    async with here.client.stream("GET", f"{here.gate}/v1/videos", headers=here.bearer) as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"
        go_on.set()
        assert [piece async for piece in pieces] == [b"last"]


async def test_a_body_streams_as_it_comes(site: Build) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def script(_scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            if message.get("body"):
                heard.put_nowait(message["body"])
        await send({**START, "headers": [(b"content-length", b"0")]})
        await send(piece(b"", more=False))

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        assert await heard.get() == b"one"
        yield b"two"

    here = await site(upstream=Scripted(script))
    answer = await here.client.post(f"{here.gate}/v1/videos", content=body(), headers=here.bearer)
    assert answer.status_code == 200
    assert await heard.get() == b"two"


@pytest.mark.parametrize(("path", "status"), [
    ("/admin/events", 404), ("/gates/snapshot", 404), ("/", 404), ("/v2/videos", 404), ("/adminx", 404),
    ("/v1/../admin/events", 400), ("/.well-known/%2e%2e/admin/events", 400), ("/v1//admin", 400),
    ("/.well-known/..%2fadmin", 400), ("//admin/events", 400), ("/V1/videos", 404),
])
async def test_the_back_door_is_not_behind_this_one(site: Build, path: str, status: int) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    host, _, port = here.gate.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    key = here.house.operator_key
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
    said = await reader.read()
    writer.close()
    assert said.startswith(f"HTTP/1.1 {status} ".encode())
    assert behind.scopes == []


@pytest.mark.parametrize("path", ["/.well-known/leaklab", "/.well-known/jwks.json", "/oauth/token", "/openapi.json"])
async def test_what_needs_no_token_passes(site: Build, path: str) -> None:
    behind = Scripted()
    here = await site(upstream=behind)
    assert (await here.client.get(here.gate + path)).text == "ok"


async def test_a_body_over_the_limit_is_refused_in_the_envelope(site: Build) -> None:
    here = await site(upstream=Scripted(), limits=GateLimits(body=1000))
    answer = await here.client.post(f"{here.gate}/v1/videos", content=b"x" * 1001, headers=here.bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    answer = await here.client.post(f"{here.gate}/v1/videos", content=pieces(), headers=here.bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")


async def test_more_requests_than_the_gate_takes_are_refused(site: Build) -> None:
    go_on = asyncio.Event()

    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        await go_on.wait()
        await send({**START, "headers": [(b"content-length", b"0")]})
        await send(piece(b"", more=False))

    behind = Scripted(script)
    here = await site(upstream=behind, limits=GateLimits(under_way=1))
    waiting = asyncio.create_task(here.get())
    await eventually(lambda: behind.scopes)
    answer = await here.get()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "gate_busy")
    assert answer.headers["retry-after"] == "1"
    go_on.set()
    assert (await waiting).status_code == 200


async def test_an_api_that_is_away_is_a_502(site: Build) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    here = await site(upstream=nobody)
    answer = await here.get()
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_unreachable")
    assert answer.headers["x-leaklab"] == "simulation"


async def test_a_gate_whose_key_was_renewed_says_that_it_is_the_gate_and_not_the_token(site: Build) -> None:
    here = await site()
    assert (await here.get()).status_code == 200
    here.house.authority.operator.renew_gate_key()
    answer = await here.get()
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_unreachable")


async def test_a_flaw_of_the_gate_is_a_500_and_shows_nothing(site: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    here = await site(upstream=Scripted())

    def flawed(*_: object) -> None:
        raise RuntimeError("llg_secret")

    monkeypatch.setattr(here.parts.upstream, "forward", flawed)
    answer = await here.get()
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert "secret" not in answer.text


async def test_an_api_that_does_not_answer_is_a_504(site: Build) -> None:
    async def script(_scope: Any, receive: Any, _send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    here = await site(upstream=Scripted(script), limits=GateLimits(answer=0.1))
    answer = await here.get()
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "upstream_timeout")


async def test_an_answer_that_breaks_off_behind_the_gate_breaks_off_in_front(site: Build) -> None:
    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        await send({**START, "headers": [(b"content-length", b"100000")]})
        await send(piece(b"half"))
        raise RuntimeError("breaks off")

    here = await site(upstream=Scripted(script))
    with pytest.raises(httpx2.RemoteProtocolError):
        await here.get()


async def test_who_hangs_up_is_not_served_on(site: Build) -> None:
    behind = Scripted()

    async def script(_scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send(piece(b"first"))
        while (await receive())["type"] != "http.disconnect":
            continue
        behind.hung_up.set()

    behind.script = script
    here = await site(upstream=behind)
    async with here.client.stream("GET", f"{here.gate}/v1/videos", headers=here.bearer) as answer:
        assert await anext(answer.aiter_raw()) == b"first"
    async with asyncio.timeout(5):
        await behind.hung_up.wait()
    await eventually(lambda: here.parts.figures.under_way == 0)
    assert here.parts.figures.broken_off == 0  # It was not the gate that broke off.


async def test_a_redirect_is_the_callers_business(site: Build) -> None:
    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"location", b"http://127.0.0.1:1/elsewhere"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send(piece(b"", more=False))

    here = await site(upstream=Scripted(script))
    answer = await here.get()
    assert (answer.status_code, answer.headers["location"]) == (307, "http://127.0.0.1:1/elsewhere")


async def test_compressed_answers_and_several_cookies_pass_untouched(site: Build) -> None:
    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [
            (b"content-encoding", b"x-odd"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"),
            (b"content-length", b"3"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(piece(b"\x1f\x8b\x00", more=False))

    here = await site(upstream=Scripted(script))
    answer = await here.get()
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-encoding"] == "x-odd"
    assert answer.content == b"\x1f\x8b\x00"
