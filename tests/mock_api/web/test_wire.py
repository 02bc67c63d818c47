"""The outermost layer: sizes, depth, durability, readiness."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mock_api.journal import Journal, JournalUnavailable
from mock_api.web import WebSettings, create_app

MEBIBYTE = 1024 * 1024
FIELD = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'


@pytest.fixture
def small(house: Any) -> TestClient:
    """The same house behind a door for small bodies only."""
    app = create_app(house.authority, house.journal, WebSettings(knock=False, body_limit=MEBIBYTE))
    return TestClient(app, headers={"Authorization": f"Bearer {house.access_token}"})


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/videos/edits", "/admin/attributions", "/oauth/token"])
def test_an_announced_gigabyte_is_refused_unread(small: TestClient, path: str) -> None:
    answer = small.post(path, content=b"x", headers={"Content-Length": str(10**9), "Content-Type": "application/json"})
    assert answer.status_code in {400, 401, 413}
    if path.startswith("/v1"):
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")
        assert answer.headers["connection"] == "close"


def test_a_body_at_the_limit_is_read(small: TestClient) -> None:
    padding = " " * (MEBIBYTE - len('{"prompt": "x"}'))
    content = '{"prompt": "x"}' + padding
    headers = {"Content-Type": "application/json"}
    assert small.post("/v1/videos", content=content, headers=headers).status_code == 200
    assert small.post("/v1/videos", content=content + " ", headers=headers).status_code == 413


def test_an_empty_body_is_no_order(house: Any) -> None:
    for media in ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = house.tester.post("/v1/videos", content=b"", headers={"Content-Type": media})
        assert answer.status_code == 400, media


@pytest.mark.parametrize("content", [
    b"[" * 100_000, b'{"a":' * 100_000, b'{"prompt": "' + b"\xff" + b'"}', b"{", b"NaN", b'{"prompt": "\\ud800"}',
    b'{"prompt": 1e400}', b"\x00", b'{"prompt": "x"} x', b'\xef\xbb\xbf{"prompt": "x"}',
])
def test_broken_json_is_one_clear_refusal(house: Any, content: bytes) -> None:
    answer = house.tester.post("/v1/videos", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(("media", "content"), [
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=b", b"no boundary here"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b; charset=undefined", FIELD % b"prompt" + b"x\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", FIELD % b"video[id" + b"x\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"".join(
        b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % number for number in range(200)
    ) + b"--b--\r\n"),
    ("multipart/form-data; boundary=b", b"".join(
        b'--b\r\nContent-Disposition: form-data; name="f%d"; filename="f"\r\n\r\nx\r\n' % number for number in range(9)
    ) + b"--b--\r\n"),
    ("multipart/form-data; boundary=b",
     FIELD % b"prompt" + b"x" * MEBIBYTE + b"\r\n--b--\r\n"),
])
def test_broken_forms_are_one_clear_refusal(house: Any, media: str, content: bytes) -> None:
    answer = house.tester.post("/v1/videos/edits", content=content, headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_a_file_where_text_belongs_is_refused(house: Any) -> None:
    answer = house.tester.post("/v1/videos", files={"prompt": ("p.txt", b"x")})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "prompt")


def test_a_field_given_twice_is_refused(house: Any) -> None:
    answer = house.tester.post("/v1/videos", files=[("prompt", (None, "a")), ("prompt", (None, "b"))])
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "prompt")


class Sick:
    """A journal whose disk is full."""

    failing_because = "database or disk is full"

    def __init__(self, journal: Any) -> None:
        self._journal = journal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def check(self) -> None:
        raise JournalUnavailable

    async def flushed(self) -> None:
        raise JournalUnavailable


def test_nothing_is_let_in_while_the_journal_cannot_be_written(house: Any) -> None:
    app = create_app(house.authority, Sick(house.journal), WebSettings(knock=False))
    events = house.journal.position
    client = TestClient(app, headers={"Authorization": f"Bearer {house.access_token}"})
    for asked in ("GET /v1/videos", "POST /v1/videos", "POST /oauth/token", "GET /admin/alerts"):
        answer = client.request(*asked.split())
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["x-should-retry"] == "true"
    assert house.journal.position == events
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    assert "disk is full" in ready.json()["because"]
    assert client.get("/healthz").status_code == 200
    assert "leaklab_journal_writable 0.0" in client.get("/metrics").text


def test_an_answer_whose_events_are_not_on_disk_is_taken_back(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def flushed() -> None:
        raise JournalUnavailable

    monkeypatch.setattr(house.journal, "flushed", flushed)
    answer = house.tester.post("/v1/videos", json={"prompt": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "journal_unavailable")
    assert house.tester.get("/v1/videos").status_code == 200  # A read waits for nothing.


@pytest.mark.parametrize("path", ["/admin/programme/pause", "/admin/nowhere"])
def test_whatever_is_answered_to_a_command_is_on_disk(house: Any, tmp_path: Path, path: str) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    house.authority._log = journal
    app = create_app(house.authority, journal, WebSettings(knock=False))
    client = TestClient(app, headers={"Authorization": f"Bearer {house.operator_key}"})
    client.post(path, json={"reason": "a leak"})
    paused = [event for _, event in journal.events() if type(event).__name__ == "ProgrammePaused"]
    assert len(paused) == (1 if path.endswith("pause") else 0)
    refused = TestClient(app, headers={"Authorization": "Bearer x"}).post("/v1/videos", json={"prompt": "x"})
    assert refused.status_code == 401
    assert [type(event).__name__ for _, event in journal.events()][-1] == "RequestRefused"
    journal.close()


async def test_knocking_settles_what_fell_due(house: Any) -> None:
    app = create_app(house.authority, house.journal, WebSettings(knock=True, knock_every=0.001))
    video_id = house.video()
    house.clock.at += 60.0
    async with app.router.lifespan_context(app), asyncio.timeout(10):
        while not any(type(event).__name__ == "RenderFinished" for _, event in house.journal.events()):
            await asyncio.sleep(0.005)
    assert house.authority.videos.records[video_id].phase == "finished"


def test_the_access_log_names_no_query(house: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="leaklab.access")
    app = create_app(house.authority, house.journal, WebSettings(knock=False, access_log=True))
    client = TestClient(app, headers={"Authorization": f"Bearer {house.access_token}"})
    answer = client.get("/v1/videos", params={"after": "hidden"}, headers={"User-Agent": "probe/1 (x)"})
    line = caplog.records[-1].getMessage()
    assert line == f"{answer.headers['x-request-id']} testclient probe/1 GET /v1/videos 404 not_found"
