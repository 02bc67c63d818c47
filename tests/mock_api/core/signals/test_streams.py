"""Streams: one for each receiver, what waits survives a restart under the same name, nothing grows without bounds."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mock_api.core.errors import Invalid, NotFound, StreamExists, TooManyReceivers
from mock_api.core.events import SignalsAcknowledged, SignalsRefused
from mock_api.core.events.signals import POLL, PUSH, StreamSettings
from mock_api.core.scopes import TesterScope
from mock_api.core.signals import OPERATOR, receivers, streams
from tests.mock_api.core.signals.conftest import Listener, listen

PUSHED = StreamSettings(PUSH, "http://127.0.0.1:9/events")


def invite(listener: Listener, count: int) -> None:
    """Leave one signal for each of `count` new testers."""
    for _ in range(count):
        listener.range.invite()


def test_what_is_not_acknowledged_is_told_again_and_what_is_is_not(listener: Listener) -> None:
    invite(listener, 3)
    first, second, third = listener.sets()
    assert list(listener.sets()) == [first, second, third]
    listener.acknowledge(second, "nonsense", f"{listener.stream.stream_id}.99", second)
    assert list(listener.sets()) == [first, third]
    listener.acknowledge(second)
    assert [event.jtis for event in listener.range.of(SignalsAcknowledged)] == [(second,)]


def test_signals_are_numbered_without_gaps(listener: Listener) -> None:
    invite(listener, 3)
    assert list(listener.sets()) == [f"{listener.stream.stream_id}.{number}" for number in (1, 2, 3)]


def test_a_restart_tells_the_same_under_the_same_name(listener: Listener) -> None:
    tester_id, _ = listener.range.tester_with_token()
    listener.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    listener.acknowledge(next(iter(listener.sets())))
    before = listener.sets()
    assert len(before) == 2
    again = listener.range.replayed()
    assert listener.sets(again) == before
    assert again.transmitter.asker(listener.receiver_key) == listener.receiver_id


def test_what_a_receiver_cannot_take_is_written_down_and_not_sent_again(listener: Listener) -> None:
    invite(listener, 2)
    first, second = listener.sets()
    listener.acknowledge(errors={first: ("invalid_key", "who is that?")})
    assert list(listener.sets()) == [second]
    ((refused,),) = [event.errors for event in listener.range.of(SignalsRefused)]
    assert (refused.jti, refused.err, refused.description) == (first, "invalid_key", "who is that?")


def test_a_poll_takes_so_many_and_says_whether_there_are_more(listener: Listener) -> None:
    invite(listener, 3)
    poll = listener.authority.deliveries.poll
    some = poll(listener.receiver_id, listener.stream.stream_id, 2)
    assert (len(some.sets), some.more_available) == (2, True)
    assert poll(listener.receiver_id, listener.stream.stream_id, 0).sets == {}
    every = poll(listener.receiver_id, listener.stream.stream_id, 3)
    assert (len(every.sets), every.more_available) == (3, False)


def test_a_paused_stream_keeps_what_a_disabled_one_does_not(listener: Listener) -> None:
    def status(word: Any) -> None:
        listener.authority.transmitter.set_status(listener.receiver_id, listener.stream.stream_id, word, None)

    invite(listener, 1)
    status("paused")
    invite(listener, 1)
    assert listener.sets() == {}
    status("enabled")
    assert len(listener.sets()) == 2
    status("disabled")
    invite(listener, 1)
    status("enabled")
    assert listener.sets() == {}


def test_a_receiver_that_never_comes_does_not_fill_the_memory(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PENDING_LIMIT", 5)
    invite(listener, 9)
    assert (listener.stream.status, len(listener.stream.pending)) == ("disabled", 5)
    assert "nothing more is kept" in str(listener.stream.reason)


def test_a_removed_subject_is_told_of_no_more_until_added(listener: Listener) -> None:
    tester_id, _ = listener.range.invite()
    listener.acknowledge(*listener.sets())
    transmitter, stream_id = listener.authority.transmitter, listener.stream.stream_id
    transmitter.remove_subject(listener.receiver_id, stream_id, tester_id)
    listener.authority.operator.reissue_key(tester_id, "operator")
    invite(listener, 1)
    assert len(listener.sets()) == 1
    transmitter.add_subject(listener.receiver_id, stream_id, tester_id)
    listener.authority.operator.reissue_key(tester_id, "operator")
    assert len(listener.sets()) == 2
    with pytest.raises(NotFound):
        transmitter.add_subject(listener.receiver_id, stream_id, "nobody")


def test_a_verification_brings_back_the_receivers_own_word(listener: Listener) -> None:
    listener.authority.transmitter.verify(listener.receiver_id, listener.stream.stream_id, "VGhpcyBpcyBhIHRlc3Q")
    ((kind, subject, details),) = listener.events()
    assert kind == "verification"
    assert subject == {"format": "opaque", "id": listener.stream.stream_id}
    assert details == {"state": "VGhpcyBpcyBhIHRlc3Q"}
    _, key = listener.range.invite()
    with pytest.raises(Invalid):
        listener.authority.transmitter.verify(listener.receiver_id, listener.stream.stream_id, key)


def test_a_receiver_has_one_stream_and_sees_no_other(listener: Listener) -> None:
    other = listen(listener.range)
    transmitter = listener.authority.transmitter
    with pytest.raises(StreamExists):
        transmitter.create_stream(listener.receiver_id, StreamSettings(POLL), None)
    for act, more in (
        (transmitter.stream, ()), (transmitter.delete_stream, ()), (listener.authority.deliveries.poll, ()),
        (listener.authority.deliveries.acknowledge, ((),)), (transmitter.set_status, ("disabled", None)),
    ):
        with pytest.raises(NotFound):
            act(other.receiver_id, listener.stream.stream_id, *more)
    assert len(transmitter.list_streams(OPERATOR)) == 2
    transmitter.delete_stream(listener.receiver_id, listener.stream.stream_id)
    assert transmitter.list_streams(listener.receiver_id) == []


def test_a_dismissed_receiver_has_neither_key_nor_stream(listener: Listener) -> None:
    listener.authority.transmitter.dismiss_receiver(listener.receiver_id, "operator")
    assert listener.authority.transmitter.asker(listener.receiver_key) is None
    assert listener.authority.transmitter.list_streams(OPERATOR) == []


def test_there_are_only_so_many_receivers(the_range: Any) -> None:
    for number in range(receivers.RECEIVERS_LIMIT):
        the_range.authority.transmitter.admit_receiver(f"site {number}", "operator")
    with pytest.raises(TooManyReceivers):
        the_range.authority.transmitter.admit_receiver("one more", "operator")


def test_the_authorization_header_goes_out_and_stands_in_no_event(the_range: Any) -> None:
    transmitter = the_range.authority.transmitter
    receiver = transmitter.admit_receiver("a site", "operator").receiver_id
    stream = transmitter.create_stream(receiver, replace(PUSHED, has_authorization=True), "Bearer sesame")
    the_range.invite()
    outgoing = the_range.authority.deliveries.outgoing(stream.stream_id)
    assert (outgoing.endpoint_url, outgoing.authorization) == (PUSHED.endpoint_url, "Bearer sesame")
    assert "sesame" not in repr(the_range.events)
    transmitter.update_stream(receiver, stream.stream_id, PUSHED, None)
    assert the_range.authority.deliveries.outgoing(stream.stream_id).authorization is None


def test_pushing_keeps_the_order_and_goes_on_where_it_was(the_range: Any) -> None:
    listener = listen(the_range, PUSHED)
    deliveries, stream_id = the_range.authority.deliveries, listener.stream.stream_id
    assert deliveries.outgoing(stream_id) is None
    invite(listener, 2)
    first = deliveries.outgoing(stream_id)
    assert deliveries.outgoing(stream_id) == first
    listener.acknowledge(first.jti)
    assert deliveries.outgoing(stream_id).jti == f"{stream_id}.2"
    with pytest.raises(Invalid):
        deliveries.poll(listener.receiver_id, stream_id)


def test_who_waits_is_told_that_there_is_news(listener: Listener) -> None:
    heard: list[bool] = []
    listener.authority.signal_streams.on_news = lambda: heard.append(True)
    invite(listener, 1)
    assert heard


@pytest.mark.parametrize("settings", [
    StreamSettings("carrier pigeon"), StreamSettings(PUSH), StreamSettings(POLL, "http://127.0.0.1/"),
    StreamSettings(PUSH, "http://127.0.0.1/" + "x" * 2000), StreamSettings(PUSH, "http://127.0.0.1/?k=llk_" + "x" * 38),
])
def test_a_delivery_that_cannot_be_is_refused(listener: Listener, settings: StreamSettings) -> None:
    with pytest.raises(Invalid):
        listener.authority.transmitter.update_stream(listener.receiver_id, listener.stream.stream_id, settings, None)


@pytest.mark.parametrize("header", ["Bearer a\r\nX-Else: b", "Bearer \x00", "Bearer ü", "x" * 2000])
def test_an_authorization_header_that_is_none_is_refused(listener: Listener, header: str) -> None:
    settings = replace(PUSHED, has_authorization=True)
    with pytest.raises(Invalid):
        listener.authority.transmitter.update_stream(listener.receiver_id, listener.stream.stream_id, settings, header)
