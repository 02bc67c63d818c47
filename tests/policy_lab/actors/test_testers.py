"""Testers and their clients: light use, renewal in time, and an end when they are cut off."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from mock_api.core.errors import OutputQuarantined, ProgrammePaused, RateLimited, TokenExpired
from mock_api.core.orders import VideoOrder
from policy_lab import parts
from policy_lab.actors.client import Client, CutOff
from policy_lab.actors.leaker import jti_of
from policy_lab.actors.tester import Day, make_clip
from policy_lab.actors.tester import tester as a_tester
from policy_lab.clock import VirtualClock

START = VirtualClock.STARTS_AT
HOUR = 3600.0
Make = Callable[..., Any]  # makes an API of answers, and a client of an API
ORDER = VideoOrder(prompt="a paper boat", seconds="5")


def test_a_client_buys_a_new_token_when_the_old_one_ran_out_and_asks_again(api: Make, client: Make) -> None:
    service = api(TokenExpired("ran out"), "queued")

    assert client(service).submit(ORDER).status == "queued"
    assert service.asked == [("submit", "token 0"), ("submit", "token 1")]


def test_a_client_whose_key_buys_nothing_more_is_cut_off(api: Make, client: Make) -> None:
    service = api(TokenExpired("ran out"))
    service.sells = False

    with pytest.raises(CutOff) as cut_off:
        client(service).submit(ORDER)
    assert cut_off.value.code == "invalid_client"


def test_a_client_with_a_token_alone_ends_with_it(api: Make, client: Make) -> None:
    service = api(TokenExpired("ran out"))
    finder = Client(service, service, "203.0.113.9 script")
    finder.hold_token("found")

    with pytest.raises(CutOff, match="token_expired"):
        finder.submit(ORDER)
    assert service.bought == 0


def test_a_paused_programme_cuts_off_at_once_but_a_locked_output_does_not(api: Make, client: Make) -> None:
    with pytest.raises(CutOff, match="programme_paused"):
        client(api(ProgrammePaused("closed"))).submit(ORDER)
    with pytest.raises(OutputQuarantined):
        client(api(OutputQuarantined("locked"))).download("video_1")



def test_a_clip_is_polled_until_it_is_done_and_then_downloaded(api: Make, client: Make) -> None:
    service = api("queued", "in_progress", "in_progress", "completed")

    assert list(make_clip(client(service), ORDER, poll_interval=10.0)) == [10.0, 10.0, 10.0]
    assert [what for what, _ in service.asked] == ["submit", "retrieve", "retrieve", "retrieve", "download"]


def test_what_takes_long_is_looked_at_more_rarely_and_given_up_in_the_end(api: Make, client: Make) -> None:
    pauses = list(make_clip(client(api("in_progress")), ORDER, poll_interval=10.0))

    assert pauses[0] == 10.0
    assert pauses == sorted(pauses)
    assert pauses[-1] == 900.0
    assert 8 * HOUR <= sum(pauses) < 8.5 * HOUR


def test_a_tester_who_is_told_to_wait_waits_and_one_who_failed_lets_it_be(api: Make, client: Make) -> None:
    busy = api("queued", RateLimited("slowly"), "failed")

    assert len(list(make_clip(client(busy), ORDER, 10.0))) == 2
    assert list(make_clip(client(api(RateLimited("slowly"))), ORDER, 10.0)) == []


def test_a_tester_gives_up_after_some_fruitless_sessions(api: Make, client: Make) -> None:
    service, clock = api(ProgrammePaused("closed")), VirtualClock()
    habits = parts.Testers(diurnal_swing=0.0, fruitless_sessions=3)

    pauses = list(a_tester(client(service), habits, Day(clock, 8.0), Random(1)))

    assert len(service.asked) == 3
    assert len(pauses) == 3


def test_the_day_is_busiest_in_the_afternoon_and_begins_when_the_scenario_says() -> None:
    clock = VirtualClock()
    day = Day(clock, opens_hour=7.5, swing=0.8)

    assert day.hour() == 7.5
    clock.advance_to(START + 8.5 * HOUR)
    assert day.hour() == 16.0
    assert day.activity() == pytest.approx(1.0)
    clock.advance_to(START + 20.5 * HOUR)
    assert day.hour() == 4.0
    assert day.activity() == pytest.approx(0.2 / 1.8)

def test_a_holder_can_read_the_id_of_a_token() -> None:
    assert jti_of("e30.eyJqdGkiOiJhdF8xIn0.sig") == "at_1"
    assert jti_of("opaque") is None
    assert jti_of("e30.e30.sig") is None
