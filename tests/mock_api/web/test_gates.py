"""What the authority tells gates in front, whom it believes to be one, and what it never tells too early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from mock_api.core.enforcement import Push
from mock_api.core.enforcement.questions import Notice, Notices, Pulse, Snapshot
from mock_api.core.errors import TooManyFollowers
from mock_api.core.events import RequestAdmitted, RequestRefused, Revoked
from mock_api.core.scopes import TokenScope
from mock_api.http.gate_settings import GateSettings
from mock_api.journal import JournalUnavailable, MemoryJournal
from mock_api.web.gates import _stream
from mock_api.web.lines import Lines
from mock_api.web.notice_board import NoticeBoard
from tests.mock_api.web.conftest import POLICY, House

PATHS = ["/gates/settings", "/gates/snapshot", "/gates/notices", "/gates/cutoffs"]


class Guarded(House):
    """A house with a key for its gates."""

    def __init__(self) -> None:
        super().__init__(replace(POLICY, enforcement=Push()))
        key = self.authority.operator.ensure_gate_key()
        assert key is not None
        self.gate_key = key
        self.gate = self.client(key)

    def revoke(self) -> None:
        """Revoke the tester's token."""
        body = {"scope": {"kind": "token", "token": self.access_token}, "reason": "leaked"}
        answer = self.operator.post("/admin/revocations", json=body)
        assert answer.status_code == 200, answer.text

    def through(self, **headers: str) -> Any:
        """A request of the tester that says it came through a gate."""
        return self.tester.get("/v1/videos", headers=headers)


@pytest.fixture
def guarded() -> Guarded:
    return Guarded()


@pytest.mark.parametrize("path", PATHS)
def test_gates_alone_may_ask(guarded: Guarded, path: str) -> None:
    for client in (guarded.anybody, guarded.tester, guarded.operator, guarded.client("llg_" + "a" * 38)):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "gate_key_invalid")
    assert guarded.gate.get(path).status_code == 200


def test_the_gate_key_opens_nothing_else(guarded: Guarded) -> None:
    assert guarded.gate.get("/admin/events").status_code == 401
    assert guarded.gate.get("/v1/videos").status_code == 401


def test_a_new_gate_key_ends_the_old_one(guarded: Guarded) -> None:
    assert guarded.authority.operator.ensure_gate_key() is None
    fresh = guarded.client(guarded.authority.operator.renew_gate_key())
    assert guarded.gate.get("/gates/settings").status_code == 401
    assert fresh.get("/gates/settings").status_code == 200


def test_the_settings_say_what_to_agree_on(guarded: Guarded) -> None:
    settings = msgspec.json.decode(guarded.gate.get("/gates/settings").content, type=GateSettings)
    assert settings.enforcement == Push()
    assert (settings.issuer, settings.audience) == (guarded.authority.issuer, guarded.authority.audience)
    assert settings.feed == guarded.authority.feed.name
    assert settings.pushes is None


def test_a_snapshot_is_told_once_and_then_only_when_it_has_changed(guarded: Guarded) -> None:
    first = guarded.gate.get("/gates/snapshot")
    tag = first.headers["etag"]
    again = guarded.gate.get("/gates/snapshot", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    guarded.revoke()
    fresh = guarded.gate.get("/gates/snapshot", headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    view = msgspec.json.decode(fresh.content, type=Snapshot)
    assert (view.seq, len(view.jtis)) == (1, 1)
    assert fresh.headers["etag"] == f'"{guarded.authority.feed.version}"'


def test_what_falls_due_makes_a_snapshot_a_new_one(guarded: Guarded) -> None:
    body = {"scope": {"kind": "tester", "tester_id": guarded.tester_id}, "seconds": 60, "reason": "odd"}
    assert guarded.operator.post("/admin/suspensions", json=body).status_code == 200
    tag = guarded.gate.get("/gates/snapshot").headers["etag"]
    guarded.clock.at += 61.0
    fresh = guarded.gate.get("/gates/snapshot", headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert fresh.json()["suspensions"] == []


def test_cutoffs_have_a_version_too(guarded: Guarded) -> None:
    tag = guarded.gate.get("/gates/cutoffs").headers["etag"]
    assert guarded.gate.get("/gates/cutoffs", headers={"If-None-Match": tag}).status_code == 304
    guarded.revoke()
    fresh = guarded.gate.get("/gates/cutoffs", headers={"If-None-Match": tag})
    assert fresh.json()["by_tester"].keys() == {guarded.tester_id}


def test_notices_go_on_from_a_number(guarded: Guarded) -> None:
    guarded.revoke()
    body = {"scope": {"kind": "cohort", "cohort": "artists"}, "reason": "leaked"}
    guarded.operator.post("/admin/revocations", json=body)
    news = msgspec.json.decode(guarded.gate.get("/gates/notices?after=1").content, type=Notices)
    assert (news.seq, [notice.seq for notice in news.notices]) == (2, [2])


def test_what_gates_refused_is_entered(guarded: Guarded) -> None:
    each = {
        "jti": "at_1", "tester_id": "tester_1", "action": "videos.list", "origin": "9.9.9.9 curl/8",
        "code": "token_revoked",
    }
    answer = guarded.gate.post("/gates/refusals", json={"gate": "gate-7", "refusals": [each, each], "dropped": 3})
    assert answer.json() == {"entered": 2}
    refused = [event for _, event in guarded.journal.events() if isinstance(event, RequestRefused)]
    assert [(event.gate, event.code, event.origin) for event in refused] == [
        ("gate-7", "token_revoked", "9.9.9.9 curl/8")
    ] * 2
    odd = guarded.gate.post("/gates/refusals", json={"gate": "Gate 7", "refusals": []})
    assert (odd.status_code, odd.json()["error"]["param"]) == (400, "gate")
    assert guarded.tester.post("/gates/refusals", json={"gate": "gate-7", "refusals": []}).status_code == 401


def test_a_request_with_the_gate_key_is_the_gates(guarded: Guarded) -> None:
    guarded.revoke()  # The gate has decided: the register is not asked again.
    answer = guarded.through(**{
        "X-Leaklab-Gate": "gate-7", "X-Leaklab-Gate-Key": guarded.gate_key, "X-Leaklab-Origin": "9.9.9.9 curl/8"
    })
    assert answer.status_code == 200
    admitted = [event for _, event in guarded.journal.events() if isinstance(event, RequestAdmitted)]
    assert [(event.gate, event.origin) for event in admitted] == [("gate-7", "9.9.9.9 curl/8")]


def test_without_the_key_nothing_that_is_said_of_gates_counts(guarded: Guarded) -> None:
    answer = guarded.through(**{"X-Leaklab-Gate": "gate-7", "X-Leaklab-Origin": "9.9.9.9 curl/8"})
    assert answer.status_code == 200
    admitted = [event for _, event in guarded.journal.events() if isinstance(event, RequestAdmitted)]
    assert [event.gate for event in admitted] == [None]
    assert not admitted[0].origin.startswith("9.9.9.9")
    guarded.revoke()
    assert guarded.through(**{"X-Leaklab-Gate": "gate-7"}).status_code == 401


@pytest.mark.parametrize("key", ["", "llg_" + "0" * 38, "x" * 10_000])
def test_a_wrong_key_is_refused(guarded: Guarded, key: str) -> None:
    answer = guarded.through(**{"X-Leaklab-Gate": "gate-7", "X-Leaklab-Gate-Key": key})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "gate_key_invalid")


@pytest.mark.parametrize("name", ["", "Gate", "a" * 41, "gate 1", "gäte"])
def test_a_gate_has_a_plain_name(guarded: Guarded, name: str) -> None:
    headers = {b"x-leaklab-gate": name.encode("latin-1"), b"x-leaklab-gate-key": guarded.gate_key.encode()}
    answer = guarded.tester.get("/v1/videos", headers=headers)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "X-Leaklab-Gate")


class SlowJournal(MemoryJournal):
    """A journal whose disk answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = asyncio.Event()
        self.is_broken = False

    async def flushed(self) -> None:
        await self.disk.wait()
        if self.is_broken:
            raise JournalUnavailable


def revoke(house: Guarded) -> None:
    """Decide a revocation; nobody has written it down yet."""
    now = house.authority.settle()
    jti = house.authority.access_tokens.decode(house.access_token).jti
    house.authority.record(Revoked(now, f"revocation_{house.authority.feed.seq}", TokenScope(jti), "x", "x", None))


async def test_a_notice_goes_out_only_when_its_event_is_on_disk(guarded: Guarded) -> None:
    journal = SlowJournal()
    board = NoticeBoard(guarded.authority, journal)
    told: list[int] = []
    board.follow(lambda: told.append(board.seq))
    revoke(guarded)
    waiting = asyncio.create_task(board.flushed())
    await asyncio.sleep(0.01)
    assert (board.seq, board.beyond(0), board.pulse().seq, told) == (0, (), 0, [])
    journal.disk.set()
    await waiting
    assert (board.seq, [notice.seq for notice in board.beyond(0)], told) == (1, [1], [1])


async def test_followers_hear_before_the_revocation_is_acknowledged(guarded: Guarded) -> None:
    board = NoticeBoard(guarded.authority, guarded.journal)
    order: list[str] = []
    heard = asyncio.Event()
    board.follow(heard.set)

    async def follow() -> None:
        await heard.wait()
        order.append("told")

    following = asyncio.create_task(follow())
    await asyncio.sleep(0)
    revoke(guarded)
    await board.flushed()
    order.append("acknowledged")
    await following
    assert order == ["told", "acknowledged"]


async def test_what_was_decided_without_a_request_goes_out_by_itself(guarded: Guarded) -> None:
    board = NoticeBoard(guarded.authority, guarded.journal)
    keeping = asyncio.create_task(board.keep())
    revoke(guarded)
    async with asyncio.timeout(5):
        while board.seq == 0:
            await asyncio.sleep(0.01)
    keeping.cancel()


async def test_a_disk_that_refuses_keeps_the_notice_back(guarded: Guarded) -> None:
    journal = SlowJournal()
    journal.is_broken = True
    journal.disk.set()
    board = NoticeBoard(guarded.authority, journal)
    keeping = asyncio.create_task(board.keep())
    revoke(guarded)
    await asyncio.sleep(0.1)
    assert (board.seq, keeping.done()) == (0, False)
    keeping.cancel()


async def test_the_stream_has_what_was_missed_then_what_comes_and_a_pulse(guarded: Guarded) -> None:
    board = NoticeBoard(guarded.authority, guarded.journal)
    revoke(guarded)
    await board.flushed()
    stream = _stream(board, 0)
    first = await anext(stream)
    assert first.startswith(b"id: 1\ndata: ")
    assert msgspec.json.decode(first.split(b"data: ")[1], type=Notice).seq == 1
    pulse = await anext(stream)
    assert pulse.startswith(b"event: pulse\n")
    assert msgspec.json.decode(pulse.split(b"data: ")[1], type=Pulse) == board.pulse()
    revoke(guarded)
    await board.flushed()
    assert (await anext(stream)).startswith(b"id: 2\n")
    board.close()
    assert [piece async for piece in stream if not piece.startswith(b"event: pulse")] == []


async def test_only_so_many_lines_are_kept_open() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b""

    lines = Lines(2)
    held = [lines.hold(endless()) for _ in range(2)]
    for line in held:
        await anext(line)
    with pytest.raises(TooManyFollowers):
        lines.hold(endless())
    await held[0].aclose()  # type: ignore[attr-defined]
    again = lines.hold(endless())
    await anext(again)
    with pytest.raises(TooManyFollowers):
        lines.hold(endless())
