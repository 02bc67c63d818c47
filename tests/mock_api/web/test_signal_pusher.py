"""The pusher against a real receiver: in order, again until taken, nowhere else, and nothing lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mock_api.core.events import SignalsAcknowledged, SignalsRefused
from mock_api.core.events.signals import PUSH, StreamSettings
from mock_api.journal import JournalUnavailable
from mock_api.web import signal_pusher
from mock_api.web.bell import Bell
from mock_api.web.signal_pusher import SignalPusher
from tests.signal_receiver import SignalReceiver, receiving, refusal


@pytest.fixture
def receiver() -> Iterator[SignalReceiver]:
    with receiving() as started:
        yield started


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal_pusher, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(signal_pusher, "LONGEST_PAUSE", 0.02)


def pushed_stream(house: Any, url: str, authorization: str | None = None) -> str:
    """The id of a new stream that is pushed to `url`."""
    transmitter = house.authority.transmitter
    admitted = transmitter.admit_receiver("a video site", "operator")
    settings = StreamSettings(PUSH, url, has_authorization=authorization is not None)
    return str(transmitter.create_stream(admitted.receiver_id, settings, authorization).stream_id)


@asynccontextmanager
async def pushing(house: Any, journal: Any = None, hosts: frozenset[str] = frozenset()) -> AsyncIterator[None]:
    bell = Bell()
    house.authority.signal_streams.on_news = bell.ring
    task = asyncio.create_task(SignalPusher(house.authority, journal or house.journal, bell, hosts).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not look():
            await asyncio.sleep(0.005)


def pending(house: Any, stream_id: str) -> int:
    return len(house.authority.signal_streams.by_id[stream_id].pending)


def reissue(house: Any, times: int) -> None:
    """Leave `times` signals."""
    for _ in range(times):
        house.authority.operator.reissue_key(house.tester_id, "operator")


async def test_signals_arrive_in_order_and_are_acknowledged(house: Any, receiver: SignalReceiver) -> None:
    stream_id = pushed_stream(house, receiver.url, "Bearer sesame")
    reissue(house, 1)
    async with pushing(house):
        reissue(house, 4)
        await until(lambda: pending(house, stream_id) == 0)
    audience = house.authority.transmitter.audience(house.authority.signal_streams.by_id[stream_id])
    claims = receiver.claims(house.authority.public.jwks(), audience)
    assert [each["jti"] for each in claims] == [f"{stream_id}.{number}" for number in range(1, 6)]
    assert receiver.headers[0]["Content-Type"] == "application/secevent+jwt"
    assert receiver.headers[0]["Accept"] == "application/json"
    assert receiver.headers[0]["Authorization"] == "Bearer sesame"


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403, 404, 200, 204])
async def test_what_is_not_taken_is_sent_again_before_anything_else(
    house: Any, receiver: SignalReceiver, status: int
) -> None:
    stream_id = pushed_stream(house, receiver.url)
    receiver.fail(status, 3)
    reissue(house, 2)
    async with pushing(house):
        await until(lambda: pending(house, stream_id) == 0)
    first, second = receiver.taken
    assert receiver.came == [first, first, first, first, second]  # The same bytes each time.


async def test_no_redirect_is_followed(house: Any, receiver: SignalReceiver) -> None:
    stream_id = pushed_stream(house, receiver.url)
    receiver.fail(307, 2, Location=receiver.url.replace("/events", "/elsewhere"))
    reissue(house, 1)
    async with pushing(house):
        await until(lambda: pending(house, stream_id) == 0)
    assert set(receiver.asked) == {"/events"}
    assert len(receiver.asked) == 3


async def test_what_a_receiver_refuses_is_written_down_and_does_not_block_the_rest(
    house: Any, receiver: SignalReceiver
) -> None:
    stream_id = pushed_stream(house, receiver.url)
    receiver.script = [(400, refusal("invalid_key", "who is that?"), {}), (400, b"<html>" * 5000, {})]
    reissue(house, 3)
    async with pushing(house):
        await until(lambda: pending(house, stream_id) == 0)
    told = [event for _, event in house.journal.events()]
    errors = [each for event in told if isinstance(event, SignalsRefused) for each in event.errors]
    refused = [(each.err, each.description) for each in errors]
    assert refused[0] == ("invalid_key", "who is that?")
    assert refused[1][0] == "invalid_request"
    assert [event.jtis for event in told if isinstance(event, SignalsAcknowledged)] == [(f"{stream_id}.3",)]


async def test_one_dead_receiver_does_not_hold_up_another(house: Any, receiver: SignalReceiver) -> None:
    with receiving() as dead:
        gone = dead.url
    dead_stream, stream_id = pushed_stream(house, gone), pushed_stream(house, receiver.url)
    reissue(house, 3)
    async with pushing(house):
        await until(lambda: pending(house, stream_id) == 0)
    assert pending(house, dead_stream) == 3


async def test_a_paused_stream_is_silent_and_goes_on_when_enabled(house: Any, receiver: SignalReceiver) -> None:
    stream_id = pushed_stream(house, receiver.url)
    transmitter = house.authority.transmitter
    transmitter.set_status("operator", stream_id, "paused", None)
    async with pushing(house):
        reissue(house, 2)
        await asyncio.sleep(0.1)
        assert receiver.came == []
        transmitter.set_status("operator", stream_id, "enabled", None)
        await until(lambda: pending(house, stream_id) == 0)
    assert len(receiver.taken) == 2


async def test_a_stream_made_or_moved_while_running_is_pushed_too(house: Any, receiver: SignalReceiver) -> None:
    async with pushing(house):
        stream_id = pushed_stream(house, "http://127.0.0.1:9/nobody")
        house.authority.signal_streams.on_news()
        reissue(house, 1)
        await asyncio.sleep(0.05)
        house.authority.transmitter.update_stream("operator", stream_id, StreamSettings(PUSH, receiver.url), None)
        await until(lambda: pending(house, stream_id) == 0)
    assert len(receiver.taken) == 1


async def test_a_host_that_is_no_longer_allowed_is_not_asked(
    house: Any, receiver: SignalReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    stream_id = pushed_stream(house, "http://receiver.example/secret-path")
    reissue(house, 1)
    with caplog.at_level(logging.WARNING):
        async with pushing(house):
            await asyncio.sleep(0.1)
    assert pending(house, stream_id) == 1
    assert "was not allowed" in caplog.text
    assert "secret-path" not in caplog.text


async def test_nothing_leaves_before_its_event_is_on_disk(house: Any, receiver: SignalReceiver) -> None:
    class Stuck:
        """A journal whose disk is full, until it is not."""

        is_stuck = True

        async def flushed(self) -> None:
            if self.is_stuck:
                raise JournalUnavailable

    journal, stream_id = Stuck(), pushed_stream(house, receiver.url)
    reissue(house, 1)
    async with pushing(house, journal):
        await asyncio.sleep(0.1)
        assert receiver.came == []
        journal.is_stuck = False
        await until(lambda: pending(house, stream_id) == 0)


async def test_a_receiver_that_never_answers_is_given_up_and_tried_again(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal_pusher, "ATTEMPT", 0.05)
    came = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1
        await reader.read()  # Until the other side hangs up.
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stream_id = pushed_stream(house, f"http://127.0.0.1:{port}/events")
    reissue(house, 1)
    async with server, pushing(house):
        await until(lambda: came >= 3)
    assert pending(house, stream_id) == 1
