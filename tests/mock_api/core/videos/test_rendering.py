"""Renders through events: what happens when, and that asking in between never changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_api.core import events
from mock_api.core.policy import Approval, Policy, RenderModel
from mock_api.core.quantities import DAY, HOUR
from mock_api.core.rendering import KEPT_AFTER_END
from mock_api.core.renders import RenderQueue


def passages(studio: Any) -> list[tuple[float, str, str]]:
    """Starts and ends in the log, on a clock that began at 0."""
    begun_at = studio.range.events[0].at
    kinds: dict[type, str] = {
        events.RenderStarted: "started", events.RenderFinished: "finished", events.RenderFailed: "failed",
    }
    return [
        (event.at - begun_at, event.video_id, kinds[type(event)])
        for event in studio.range.events if type(event) in kinds
    ]


def test_renders_start_and_finish_at_the_instants_at_which_they_fall_due(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(renders={"capacity": 1})
    one, two = studio.submit().id, studio.submit().id
    studio.range.clock.advance(500.0)
    studio.authority.settle()
    assert passages(studio) == [
        (0.0, one, "started"), (40.0, one, "finished"), (40.0, two, "started"), (80.0, two, "finished"),
    ]


def test_a_blocked_prompt_fails_early_and_frees_its_place(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"moderation_share": 1.0})
    video = studio.submit()
    studio.range.clock.advance(4.0)
    failed = studio.retrieve(video.id)
    assert (failed.status, failed.error.code) == ("failed", "moderation_blocked")
    assert failed.approval.state == "not_required"
    assert passages(studio)[-1] == (4.0, video.id, "failed")


def test_a_render_that_takes_too_long_is_stopped(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"timeout": 30.0})
    video = studio.finished()
    assert (video.status, video.error.code) == ("failed", "render_timeout")
    assert passages(studio)[-1] == (30.0, video.id, "failed")


def test_a_render_that_takes_just_the_time_allowed_finishes(open_studio: Callable[..., Any]) -> None:
    assert open_studio(renders={"timeout": 40.0}).finished().status == "completed"


def test_turbo_takes_half_the_time(studio: Any) -> None:
    studio.submit(model="mock-video-1-turbo")
    studio.range.clock.advance(500.0)
    studio.authority.settle()
    assert passages(studio)[-1][0] == pytest.approx(20.0)


def test_a_policy_with_more_capacity_starts_those_who_wait_at_its_instant(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(renders={"capacity": 1})
    ids = [studio.submit().id for _ in range(3)]
    studio.range.clock.advance(10.0)
    model = RenderModel(capacity=2, seconds_per_clip_second=10.0, service_sigma=0.0, moderation_share=0.0)
    studio.adopt(renders=model)
    studio.range.clock.advance(500.0)
    studio.authority.settle()
    started = [(at, video_id) for at, video_id, what in passages(studio) if what == "started"]
    assert started == [(0.0, ids[0]), (10.0, ids[1]), (40.0, ids[2])]


def test_a_policy_with_less_capacity_lets_running_renders_end(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"capacity": 2})
    ids = [studio.submit().id for _ in range(4)]
    studio.authority.settle()
    model = RenderModel(capacity=1, seconds_per_clip_second=10.0, service_sigma=0.0, moderation_share=0.0)
    studio.adopt(renders=model)
    studio.range.clock.advance(500.0)
    studio.authority.settle()
    started = [(at, video_id) for at, video_id, what in passages(studio) if what == "started"]
    assert started == [(0.0, ids[0]), (0.0, ids[1]), (40.0, ids[2]), (80.0, ids[3])]


def test_an_output_expires_and_is_forgotten_an_hour_later(studio: Any) -> None:
    video = studio.submit()
    studio.range.clock.advance(40.0 + DAY)
    assert studio.retrieve(video.id).status == "completed"
    assert [event.video_id for event in studio.range.of(events.OutputExpired)] == [video.id]
    studio.range.clock.advance(KEPT_AFTER_END)
    studio.authority.settle()
    assert studio.authority.videos.records == {}
    assert studio.authority.videos._of == {}


def test_a_failed_video_is_forgotten_as_late(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"moderation_share": 1.0})
    studio.submit()
    studio.range.clock.advance(4.0 + DAY + KEPT_AFTER_END - 1.0)
    studio.authority.settle()
    assert len(studio.authority.videos.records) == 1
    studio.range.clock.advance(1.0)
    studio.authority.settle()
    assert studio.authority.videos.records == {}


def test_a_restart_in_the_middle_of_everything_goes_on_as_if_nothing_had_been(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(renders={"capacity": 2})
    for _ in range(5):
        studio.submit()
        studio.range.clock.advance(7.0)
    log: list[events.Event] = []
    restarted = studio.range.fresh_authority(log)
    restarted.replay(studio.range.events)
    known = len(studio.range.events)
    studio.range.clock.advance(4 * HOUR)
    studio.authority.settle()
    restarted.settle()
    assert log == studio.range.events[known:]


def test_a_restart_from_a_log_cut_anywhere_goes_on_as_if_it_had_been_whole(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(renders={"capacity": 1, "service_sigma": 0.5})
    for _ in range(4):
        studio.submit()
    begun = len(studio.range.events)
    studio.range.clock.advance(3 * DAY)
    studio.authority.settle()
    whole = studio.range.events
    assert len(whole) == begun + 11  # Three starts, four finishes and four expiries were still to come.
    for cut in range(begun, len(whole)):
        log: list[events.Event] = []
        restarted = studio.range.fresh_authority(log)
        restarted.replay(whole[:cut])
        restarted.settle()
        assert log == whole[cut:]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    jobs=st.lists(st.tuples(st.floats(0, 60), st.sampled_from(["4", "8", "12"])), min_size=1, max_size=8),
    capacity=st.integers(1, 3),
)
def test_the_events_tell_what_the_queue_on_its_own_does(
    open_studio: Callable[..., Any], jobs: list[tuple[float, str]], capacity: int
) -> None:
    studio = open_studio(renders={"capacity": capacity, "service_sigma": 0.7})
    queue, clock = RenderQueue(capacity), studio.range.clock
    for pause, seconds in jobs:
        clock.advance(pause)
        studio.submit(seconds=seconds)
    clock.advance(4000.0)
    studio.authority.settle()
    for event in studio.range.of(events.VideoSubmitted):
        queue.join(event.video_id, event.service, event.at)
    begun_at = studio.range.events[0].at
    expected = [(at - begun_at, key, what) for at, key, what in queue.settle(clock.now())]
    assert passages(studio) == expected


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "delete", "claim", "approve", "download", "policy", "revoke"]),
        st.integers(0, 4), st.floats(0, 3000),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps=STEPS, stops=st.lists(st.floats(0, 3000), max_size=4))
def test_asking_in_between_never_changes_the_log(
    open_studio: Callable[..., Any], steps: list[tuple[str, int, float]], stops: list[float]
) -> None:
    def play(extra: list[float]) -> list[bytes]:
        renders = {"capacity": 1, "service_sigma": 0.6, "moderation_share": 0.2}
        studio = open_studio(renders=renders, mode="hold")
        for number, (what, which, pause) in enumerate(steps):
            resumes_at = studio.range.clock.now() + pause
            for stop in sorted(stop for stop in extra if stop <= pause):
                studio.range.clock.instant = resumes_at - pause + stop
                studio.authority.settle()
            studio.range.clock.instant = resumes_at
            step(studio, what, which, f"rev_{number}")
        studio.range.clock.advance(3 * DAY)
        studio.authority.settle()
        return [msgspec.json.encode(event) for event in studio.range.events]

    assert play([]) == play(stops)


def step(studio: Any, what: str, which: int, name: str) -> None:
    """One thing somebody does to the `which`-th video; refusals are part of life."""
    from mock_api.core.errors import Refusal

    ids = [event.video_id for event in studio.range.of(events.VideoSubmitted)]
    video_id = ids[which % len(ids)] if ids else "video_none"
    door, desk = studio.authority.tester, studio.authority.reviewer
    try:
        match what:
            case "submit":
                studio.submit()
            case "delete":
                door.delete_video(studio.caller, video_id)
            case "claim":
                desk.claim(video_id, "Bo")
            case "approve":
                desk.approve(video_id, "Bo")
            case "download":
                door.download(studio.caller, video_id, "video")
            case "policy":
                model = RenderModel(capacity=which + 1, seconds_per_clip_second=5.0)
                studio.authority.operator.adopt_policy(
                    Policy(name=name, renders=model, approval=Approval(mode="hold")), "operator"
                )
            case "revoke":
                now = studio.authority.settle()
                studio.authority.videos.dispose(name, list(studio.authority.videos.records.values()), now)
    except Refusal:
        pass
