"""The log over HTTP: by cursor, as a stream, and searched; and nothing secret in it or anywhere else."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from mock_api.core.redaction import SecretsBlanked
from mock_api.journal import MemoryJournal
from mock_api.web.records import _stream


def test_the_log_is_read_by_cursor(house: Any) -> None:
    house.video()
    seen: list[int] = []
    page: dict[str, Any] = {"has_more": True, "next": 0}
    while page["has_more"]:
        page = house.operator.get("/admin/events", params={"after": page["next"], "limit": 3}).json()
        seen += [entry["position"] for entry in page["data"]]
    assert seen == list(range(1, house.journal.position + 1))


def test_the_access_journal_is_filtered(house: Any) -> None:
    house.video()
    house.tester.get("/v1/videos/nope")
    house.anybody.get("/v1/videos")
    house.client("x.y.z").get("/v1/videos")

    def found(**query: Any) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = house.operator.get("/admin/journal", params=query).json()["data"]
        return data

    assert [access["action"] for access in found(tester_id=house.tester_id)] == [
        "oauth.token", "videos.create", "videos.retrieve",
    ]
    assert [access["code"] for access in found(action="videos.list")] == ["missing_token", "malformed_token"]
    assert len(found(code="missing_token")) == 1
    assert [access["action"] for access in found(outcome="refused")] == ["videos.list", "videos.list"]
    assert found(jti="at_000004", action="videos.create")[0]["outcome"] == "admitted"
    assert found(origin="nowhere") == []
    assert len(found(origin="testclient")) == 4
    assert found(until=1.0) == []
    assert found(since=9e9) == []
    assert len(found()) == 5


def test_the_access_journal_goes_on_after_a_cursor(house: Any) -> None:
    for _ in range(5):
        house.tester.get("/v1/videos")
    first = house.operator.get("/admin/journal", params={"limit": 4}).json()
    second = house.operator.get("/admin/journal", params={"limit": 4, "after": first["next"]}).json()
    assert second == house.operator.get("/admin/journal", params={"limit": 4, "cursor": first["next"]}).json()
    assert [first["has_more"], second["has_more"]] == [True, False]
    assert len(first["data"]) + len(second["data"]) == 6


async def collected(house: Any, after: int, count: int) -> list[bytes]:
    """The first `count` messages of the stream."""
    messages: list[bytes] = []
    async with asyncio.timeout(10):
        async for chunk in _stream(house.journal, after):
            messages += [message for message in chunk.split(b"\n\n") if message.startswith(b"id:")]
            if len(messages) >= count:
                break
    return messages


async def test_the_stream_begins_after_the_last_id_and_goes_on_live(house: Any) -> None:
    start = house.journal.position
    house.video()
    known = house.journal.position
    following = asyncio.create_task(collected(house, start - 2, known - start + 2 + 3))
    await asyncio.sleep(0.05)
    for _ in range(3):
        house.authority.operator.invite("Bob", "artists", by="test")
    messages = await following
    ids = [int(message.split(b"\n")[0].removeprefix(b"id: ")) for message in messages]
    assert ids == list(range(start - 1, start - 1 + len(ids)))
    assert ids[-1] > known


async def test_the_stream_ends_with_a_reason(house: Any) -> None:
    async def last_words() -> bytes:
        said = b""
        async for chunk in _stream(house.journal, 0):
            said = chunk
        return said

    following = asyncio.create_task(last_words())
    await asyncio.sleep(0.05)
    house.journal.close()
    async with asyncio.timeout(10):
        said = await following
    assert said.startswith(b"event: end\ndata: the server is shutting down")


def test_a_bad_cursor_is_refused(house: Any) -> None:
    for query in ({"after": -1}, {"after": "x"}, {"limit": 0}, {"limit": 10**9}):
        answer = house.operator.get("/admin/events", params=query)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, next(iter(query)))


@pytest.fixture
def busy(house: Any) -> Any:
    """A house in which secrets were put wherever text goes in."""
    for secret in (house.operator_key, house.tester_key, house.access_token):
        house.tester.post("/v1/videos", json={"prompt": f"tell {secret}", "style": secret})
        house.tester.post("/v1/videos", data={"prompt": f"tell {secret}"}, headers={"User-Agent": secret})
        house.tester.get(f"/v1/videos/{secret}")
        house.tester.get("/v1/videos", params={"after": secret, "order": secret})
        house.tester.post("/v1/videos", json={secret: 1, "prompt": 1})
        house.tester.post("/v1/videos/characters", json={"name": secret[:60], "video": {"id": secret}})
        house.client(secret).get("/v1/videos")
        house.client(secret).get("/admin/alerts")
        house.operator.post("/admin/testers", json={"name": f"x {secret}"[:110], "cohort": "c", "by": "me"})
        house.operator.post("/admin/testers", json={"name": "x", "cohort": "c", secret: 1})
        house.operator.post("/admin/leak-reports", json={"token": secret, "url": secret, "note": f"see {secret}"})
        house.operator.post("/admin/suspensions", json={
            "scope": {"kind": "cohort", "cohort": secret}, "seconds": 1, "reason": secret,
        })
        house.operator.post("/admin/revocations?dry_run=1", json={"scope": {"kind": secret}, "reason": "x"})
        house.anybody.post("/oauth/token", data={"grant_type": secret, "client_id": secret, "client_secret": secret})
        house.anybody.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(secret, "x"))
        house.anybody.get(f"/{secret}")
    return house


def test_no_secret_stands_in_events_metrics_or_lists(busy: Any) -> None:
    journal: MemoryJournal = busy.journal
    places = {
        "events": b"".join(msgspec.json.encode(event) for _, event in journal.events()),
        **{path: busy.operator.get(path).content for path in (
            "/metrics", "/admin/testers", "/admin/tokens", "/admin/alerts", "/admin/revocations", "/admin/journal",
            "/admin/suspensions", "/admin/policy", "/admin/events", "/admin/approvals", "/openapi.json", "/docs",
        )},
    }
    for place, content in places.items():
        for secret in (busy.operator_key, busy.tester_key, busy.access_token):
            assert secret.encode() not in content, place


def test_no_error_body_or_log_line_tells_a_secret(house: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="leaklab")
    caplog.handler.addFilter(SecretsBlanked())
    for secret in (house.operator_key, house.tester_key, house.access_token):
        for answer in (
            house.tester.get(f"/v1/videos/{secret}"), house.tester.get(f"/{secret}"),
            house.tester.get("/v1/videos", params={"order": secret, "limit": secret}),
            house.tester.post("/v1/videos", json={"prompt": "x", "seconds": secret}),
            house.operator.post("/admin/testers", json={secret: 1}),
            house.operator.post("/admin/revocations", json={"scope": {"kind": secret}, "reason": "x"}),
            house.operator.post("/admin/revocations", json={
                "scope": {"kind": "cohort", "cohort": secret}, "reason": "x",
            }),
            house.client(secret[:-1]).get("/v1/videos"),
            house.anybody.post("/oauth/token", data={"grant_type": secret}),
        ):
            assert answer.status_code >= 400
            assert secret not in answer.text
            assert all(secret not in value for value in answer.headers.values())
        assert secret not in caplog.text


def test_labels_of_metrics_are_bounded(house: Any) -> None:
    for number in range(50):
        house.tester.get(f"/nowhere/{number}")
        house.tester.get(f"/v1/videos/{number}")
        house.tester.request(f"VERB{number}", "/v1/videos")
    lines = [line for line in house.anybody.get("/metrics").text.splitlines() if line.startswith("leaklab_answers")]
    assert len(lines) < 12
    assert 'leaklab_answers_total{code="not_found",method="GET",route="unmatched",status="404"} 50.0' in lines
