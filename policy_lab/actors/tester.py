"""A tester: light use by day; buys a new token when the old one ran out; gives up when cut off."""

from __future__ import annotations

from contextlib import suppress
from math import cos, pi
from random import Random

from mock_api.core.errors import Refusal, TooMany, Unavailable
from mock_api.core.orders import VideoOrder
from policy_lab.agenda import Process
from policy_lab.parts import Testers
from policy_lab.ports import Clock
from policy_lab.prompts import testers_prompt
from policy_lab.spread import lognormal

from .client import Client, CutOff

DAY = 86_400.0
BUSIEST_HOUR = 16.0
LONGEST_LOOK = 15 * 60.0      # between two looks at a clip that takes long
PATIENCE = 8 * 3600.0         # with one clip, approval included
NOT_NOW = (TooMany, Unavailable)  # what says nothing about the credential


class Day:
    """Where the day stands: local hour 0 to 24, and how busy that hour is."""

    def __init__(self, clock: Clock, opens_hour: float, swing: float = 0.0) -> None:
        self._clock = clock
        self._midnight = clock.now() - opens_hour * 3600.0
        self._swing = swing

    def hour(self) -> float:
        """The local hour."""
        return (self._clock.now() - self._midnight) % DAY / 3600.0

    def activity(self) -> float:
        """This hour's share of the busiest hour's activity: a cosine with its peak at 16:00."""
        wave = cos(2.0 * pi * (self.hour() - BUSIEST_HOUR) / 24.0)
        return (1.0 + self._swing * wave) / (1.0 + self._swing)


def tester(client: Client, habits: Testers, day: Day, stream: Random) -> Process:
    """Come for a session now and then (a Poisson process thinned by the hour), until cut off too often."""
    busiest_gap = DAY / (habits.sessions_per_day * (1.0 + habits.diurnal_swing))
    fruitless = 0
    while fruitless < habits.fruitless_sessions:
        yield stream.expovariate(1.0 / busiest_gap)
        if stream.random() > day.activity():
            continue
        try:
            yield from _session(client, habits, stream)
            fruitless = 0
        except CutOff:
            fruitless += 1


def _session(client: Client, habits: Testers, stream: Random) -> Process:
    clips = 1
    while stream.random() < 1.0 - 1.0 / max(1.0, habits.clips_per_session):
        clips += 1
    for _ in range(clips):
        yield from make_clip(client, testers_order(stream), habits.poll_interval)
        yield lognormal(stream, habits.think)


def testers_order(stream: Random) -> VideoOrder:
    """What a tester orders."""
    seconds = "10" if stream.random() < 0.5 else "5"
    size = "1280x720" if stream.random() < 0.7 else "1920x1080"
    return VideoOrder(prompt=testers_prompt(stream), seconds=seconds, size=size)


def make_clip(client: Client, order: VideoOrder, poll_interval: float) -> Process:
    """Order a clip, look until it is done, download it. What takes long is looked at more rarely.

    Raises CutOff; any other refusal ends the attempt.
    """
    try:
        video = client.submit(order)
    except NOT_NOW:
        return
    waited = 0.0
    while video.status in {"queued", "in_progress"} and waited < PATIENCE:
        pause = min(max(poll_interval, waited / 10.0), LONGEST_LOOK)
        yield pause
        waited += pause
        try:
            video = client.retrieve(video.id)
        except NOT_NOW:
            continue
        except Refusal:
            return
    if video.status == "completed":
        with suppress(Refusal):
            client.download(video.id)
