"""Bad input against real servers: a clear error each, no memory eaten, nothing lost, and no traceback."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.e2e.running import RunningRange, client, running

pytestmark = [pytest.mark.slow, pytest.mark.server]

GIGABYTE = 1_000_000_000
CHUNK = bytes(1_000_000)
MEMORY = 50_000_000  # bytes a server may take for whatever it is sent
HALF_REQUESTS = 200


class Range(NamedTuple):
    """A running range, and three who speak to it."""

    server: RunningRange
    tester: httpx2.Client
    operator: httpx2.Client
    visitor: httpx2.Client


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    with ExitStack() as stack:
        server = stack.enter_context(running(tmp_path_factory.mktemp("bad-input") / "range"))
        known = server.credentials
        tester = stack.enter_context(client(known["api_url"], known["tester"]["access_token"]))
        operator = stack.enter_context(client(known["api_url"], known["operator_key"]))
        visitor = stack.enter_context(client(known["proxy_url"]))
        yield Range(server, tester, operator, visitor)
        assert server.stop() == 0


@pytest.fixture(autouse=True)
def _still_well(attacked: Range) -> Iterator[None]:
    """After each attack: both answer, what was there is there, and nothing broke inside."""
    said = len(attacked.server.said)
    kept = attacked.tester.post("/v1/videos", json={"prompt": "kept"})
    assert kept.status_code == 200, kept.text
    yield
    video_id = kept.json()["id"]
    assert attacked.tester.get(f"/v1/videos/{video_id}").json()["prompt"] == "kept"
    assert attacked.tester.delete(f"/v1/videos/{video_id}").status_code in (200, 409)
    assert attacked.visitor.get("/healthz").status_code == 200
    assert "Traceback" not in attacked.server.said[said:]


API_BODIES = ["/v1/videos", "/v1/videos/edits", "/v1/videos/characters", "/oauth/token"]
ADMIN_BODIES = ["/admin/testers", "/admin/testers/bulk", "/admin/revocations", "/admin/leak-reports"]


@pytest.mark.parametrize("path", [*API_BODIES, *ADMIN_BODIES[:-1], "/admin/attributions"])
def test_an_empty_body_is_a_clear_error(attacked: Range, path: str) -> None:
    speaker = attacked.operator if path.startswith("/admin") else attacked.tester
    for media in ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        _is_clear(speaker.post(path, content=b"", headers={"Content-Type": media}))


@pytest.mark.parametrize("path", [*API_BODIES, *ADMIN_BODIES, "/admin/attributions"])
def test_a_gigabyte_costs_no_memory(attacked: Range, path: str) -> None:
    speaker = attacked.operator if path.startswith("/admin") else attacked.tester
    before = attacked.server.memory()
    for media in ("application/json", "multipart/form-data; boundary=x", "application/octet-stream"):
        assert _pour(speaker, "POST", path, media) in (400, 401, 413, 415, 422, None)
    assert attacked.server.memory() - before < MEMORY


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/videos/video_1", "/admin/events", "/healthz", "/nowhere"])
def test_a_gigabyte_to_a_route_that_reads_no_body_costs_no_memory(attacked: Range, path: str) -> None:
    before = attacked.server.memory()
    assert _pour(attacked.operator, "GET", path, "application/json") in (200, 401, 404, 413, None)
    assert attacked.server.memory() - before < MEMORY


@pytest.mark.parametrize("path", ["/", "/leave", "/nowhere"])
def test_a_gigabyte_at_the_front_end_costs_no_memory(attacked: Range, path: str) -> None:
    before = attacked.server.memory()
    for media in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert _pour(attacked.visitor, "POST", path, media) in (303, 400, 404, 405, 413, 415, None)
    assert attacked.server.memory() - before < MEMORY


WRONG_ORDERS: list[Any] = [
    None, [], "text", 1, True, {}, {"prompt": None}, {"prompt": 1}, {"prompt": ["a"]}, {"prompt": {}}, {"prompt": ""},
    {"prompt": "x", "seconds": 4}, {"prompt": "x", "seconds": "-4"}, {"prompt": "x", "seconds": "1e9"},
    {"prompt": "x", "seconds": "9" * 400}, {"prompt": "x", "size": "1x1"}, {"prompt": "x", "size": "0x0"},
    {"prompt": "x", "size": "99999999999x99999999999"}, {"prompt": "x", "size": ["720x1280"]},
    {"prompt": "x", "model": 7}, {"prompt": "x", "model": ""}, {"prompt": "x" * 1_000_000},
    {"prompt": "x", "style": "s" * 1_000_000}, {"prompt": "\ud800"}, {"prompt": "\x00" * 40_000},
]  # fmt: skip


@pytest.mark.parametrize("order", WRONG_ORDERS, ids=lambda order: repr(order)[:40])
def test_a_wrong_order_is_a_clear_error_that_names_the_field(attacked: Range, order: Any) -> None:
    body = json.dumps(order).encode()
    answer = attacked.tester.post("/v1/videos", content=body, headers={"Content-Type": "application/json"})
    _is_clear(answer)
    if isinstance(order, dict) and order and answer.status_code != 413:
        assert answer.json()["error"]["param"] in (*order, None)


BROKEN = {
    "half an object": b'{"prompt": "x"',
    "two objects": b'{"prompt": "x"}{"prompt": "y"}',
    "not UTF-8": b'{"prompt": "\xff\xfe\xfa"}',
    "UTF-16": '{"prompt": "x"}'.encode("utf-16"),
    "deep": b'{"prompt": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a long number": b'{"prompt": ' + b"9" * 500_000 + b"}",
    "a huge exponent": b'{"prompt": 1e999999999}',
    "NaN": b'{"prompt": NaN}',
    "many keys": b"{" + b",".join(b'"k%d":1' % number for number in range(50_000)) + b"}",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("path", ["/v1/videos", "/admin/testers", "/admin/revocations", "/admin/policy"])
def test_a_broken_body_is_a_clear_error(attacked: Range, path: str, what: str) -> None:
    speaker = attacked.operator if path.startswith("/admin") else attacked.tester
    method = "PUT" if path == "/admin/policy" else "POST"
    _is_clear(speaker.request(method, path, content=BROKEN[what], headers={"Content-Type": "application/json"}))


WRONG_FORMS = {
    "no boundary": (b"x", "multipart/form-data"),
    "wrong boundary": (b"--y\r\n\r\n", "multipart/form-data; boundary=x"),
    "never ends": (
        b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nabc',
        "multipart/form-data; boundary=x",
    ),
    "many fields": (b"&".join(b"f%d=1" % number for number in range(5000)), "application/x-www-form-urlencoded"),
    "one long field": (b"prompt=" + b"a" * 2_000_000, "application/x-www-form-urlencoded"),
    "bad percent": (b"prompt=%zz%ff%00", "application/x-www-form-urlencoded"),
    "a charset that is none": (b"prompt=x", "application/x-www-form-urlencoded; charset=none-such"),
    "brackets": (b"prompt[a][b][c]" + b"[d]" * 5000 + b"=x", "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("what", WRONG_FORMS)
def test_a_wrong_form_is_a_clear_error(attacked: Range, what: str) -> None:
    body, media = WRONG_FORMS[what]
    for path in ("/v1/videos", "/oauth/token"):
        answer = attacked.tester.post(path, content=body, headers={"Content-Type": media})
        if answer.status_code != 200:  # A few are odd, and an order all the same.
            _is_clear(answer)
    page = attacked.visitor.post("/", content=body, headers={"Content-Type": media})
    assert page.status_code in (200, 400, 409, 413, 415, 422, 503), page.text


QUERIES = [
    "/v1/videos?limit=-1", "/v1/videos?limit=1e9", "/v1/videos?limit=99999999999999999999999", "/v1/videos?order=up",
    "/v1/videos?after=" + "x" * 5000, "/v1/videos?after=%00%ff", "/v1/videos/%00", "/v1/videos/" + "x" * 8000,
    "/v1/videos/..%2f..%2fetc%2fpasswd", "/v1/videos/x/content?variant=../../x", "/admin/events?after=-1",
    "/admin/events?after=99999999999999999999", "/admin/events?limit=0", "/admin/approvals?state=nonsense",
    "/admin/approvals?limit=100000", "/admin/journal?since=yesterday", "/admin/tokens?live_only=perhaps",
]  # fmt: skip


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path[:40])
def test_an_absurd_address_is_a_clear_error(attacked: Range, path: str) -> None:
    speaker = attacked.operator if path.startswith("/admin") else attacked.tester
    answer = speaker.get(path)
    if path.startswith("/v1/videos?after="):
        assert answer.status_code in (200, 400, 404)
    else:
        _is_clear(answer)


@pytest.mark.parametrize("path", ["/c/%00", "/c/" + "x" * 8000, "/c/..%2f..%2f", "/static/..%2f..%2fapp.py"])
def test_an_absurd_address_at_the_front_end_is_a_page_that_says_so(attacked: Range, path: str) -> None:
    answer = attacked.visitor.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text


FLOODS = {
    "one long header": b"X: " + b"a" * 1_000_000,
    "many headers": b"X-Many: 1\r\n" * 100_000,
    "a long path": b"a" * 1_000_000,
}


@pytest.mark.parametrize("side", ["api_url", "proxy_url"])
@pytest.mark.parametrize("what", FLOODS)
def test_a_head_without_end_is_cut_off(attacked: Range, what: str, side: str) -> None:
    before = attacked.server.memory()
    with socket.create_connection(_address(attacked, side), timeout=30) as wire:
        wire.sendall(b"GET /" + b"" if what == "a long path" else b"GET / HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(ConnectionError):
            _flood(wire, FLOODS[what])
    assert attacked.server.memory() - before < MEMORY


@pytest.mark.parametrize("side", ["api_url", "proxy_url"])
def test_what_is_no_http_is_refused(attacked: Range, side: str) -> None:
    for garbage in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # somebody speaks TLS
        b"\x00" * 100 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with socket.create_connection(_address(attacked, side), timeout=10) as wire:
            wire.sendall(garbage)
            wire.shutdown(socket.SHUT_WR)
            said = wire.recv(100)
        assert said == b"" or b" 4" in said[:13], (garbage[:40], said)


@pytest.mark.parametrize("side", ["api_url", "proxy_url"])
def test_half_requests_keep_nobody_else_waiting(attacked: Range, side: str) -> None:
    half_head, half_body = (
        b"GET / HTTP/1.1\r\nHost: x\r\nX-",
        b"POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
    )
    before = attacked.server.memory()
    with ExitStack() as stack:
        for number in range(HALF_REQUESTS):
            wire = stack.enter_context(socket.create_connection(_address(attacked, side), timeout=10))
            wire.sendall(half_head if number % 2 else half_body)
        assert attacked.tester.get("/v1/videos").status_code == 200
        assert attacked.visitor.get("/").status_code == 200
    assert attacked.server.memory() - before < MEMORY


METHODS = ["BREW", "TRACE", "CONNECT", "PROPFIND", "PATCH"]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_nobody_knows_is_a_clear_error(attacked: Range, method: str) -> None:
    assert attacked.tester.request(method, "/v1/videos").status_code in (400, 404, 405)
    assert attacked.visitor.request(method, "/").status_code in (400, 404, 405)


CREDENTIALS = ["", "x", "Bearer", "Bearer x y", "Basic !!!", "Bearer " + "a" * 8000, "Bearer a.b.c", "Digest x"]


@pytest.mark.parametrize("said", CREDENTIALS, ids=lambda said: repr(said)[:20])
def test_a_wrong_authorization_is_401_with_a_code(attacked: Range, said: str) -> None:
    for path in ("/v1/videos", "/admin/testers"):
        with client(attacked.server.credentials["api_url"]) as anybody:
            answer = anybody.get(path, headers={"Authorization": said})
        assert answer.status_code == 401, answer.text
        assert answer.json()["error"]["code"]


def _is_clear(answer: httpx2.Response) -> None:
    """A 4xx with a code and a sentence, and none of our insides."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    error = answer.json()["error"]
    said = error if isinstance(error, str) else error["message"]  # OAuth has its own form (RFC 6749, 5.2).
    assert said
    assert len(said) < 500
    assert "Traceback" not in answer.text


def _pour(speaker: httpx2.Client, method: str, path: str, media: str) -> int | None:
    """Send a gigabyte; the status, or None where the connection was cut before anything was said."""
    address = urlsplit(str(speaker.base_url))
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {GIGABYTE}\r\n"
        f"Content-Type: {media}\r\nAuthorization: {speaker.headers.get('Authorization', '-')}\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=60) as wire:
        try:
            wire.sendall(head.encode())
            for _ in range(GIGABYTE // len(CHUNK)):
                wire.sendall(CHUNK)
        except OSError:
            pass
        try:
            said = wire.recv(100)
        except OSError:
            return None
    return int(said.split()[1]) if said else None


def _flood(wire: socket.socket, piece: bytes) -> None:
    for _ in range(1000):  # a gigabyte at most
        wire.sendall(piece)


def _address(attacked: Range, side: str) -> tuple[str, int]:
    address = urlsplit(attacked.server.credentials[side])
    return str(address.hostname), address.port or 80
