"""Videos as their tester meets them: ordered, seen, listed, deleted, repeated, limited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mock_api.core import events
from mock_api.core.characters import CHARACTERS_PER_TESTER
from mock_api.core.errors import (
    IdempotencyMismatch,
    Invalid,
    NotFound,
    NotReady,
    OutputQuarantined,
    QueueFull,
    QuotaExhausted,
    TooManyRenders,
)
from mock_api.core.idempotency import ENTRIES, Remembered
from mock_api.core.orders import VideoOrder
from mock_api.core.policy import Quota
from mock_api.core.quantities import DAY, HOUR
from mock_api.core.usage import RETRY_SOON

THIRTEEN = (
    "id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt",
    "size", "seconds", "remixed_from_video_id", "error",
)


def test_a_new_video_is_queued_and_sends_thirteen_fields_with_their_nulls(studio: Any) -> None:
    video = msgspec.json.decode(msgspec.json.encode(studio.submit(style="noir")))
    assert tuple(video)[:13] == THIRTEEN
    assert (video["object"], video["status"], video["progress"]) == ("video", "queued", 0)
    assert video["seconds"] == "4"
    assert [name for name in THIRTEEN if video[name] is None] == [
        "completed_at", "expires_at", "remixed_from_video_id", "error",
    ]
    assert video["style"] == "noir"
    assert video["approval"] == {"state": "not_required", "reviewer": None, "reason": None}


def test_progress_grows_with_time_and_ends_at_100_with_instants_in_whole_seconds(studio: Any) -> None:
    video = studio.submit()
    seen = []
    for _ in range(5):
        seen.append(studio.retrieve(video.id))
        studio.range.clock.advance(10.0)
    assert [one.status for one in seen] == ["in_progress"] * 4 + ["completed"]
    assert [one.progress for one in seen] == [0, 25, 50, 75, 100]
    assert seen[-1].completed_at == video.created_at + 40
    assert seen[-1].expires_at == video.created_at + 40 + 24 * HOUR


def test_the_same_object_comes_back_until_something_changes(studio: Any) -> None:
    video = studio.submit()
    first = studio.retrieve(video.id)
    assert studio.retrieve(video.id) is first
    studio.range.clock.advance(0.1)
    assert studio.retrieve(video.id) is first
    studio.range.clock.advance(1.0)
    assert studio.retrieve(video.id) is not first


def test_a_video_of_another_tester_looks_as_if_it_did_not_exist(studio: Any) -> None:
    video, other = studio.finished(), studio.other_tester()
    uses: tuple[Callable[[], object], ...] = (
        lambda: other.retrieve(video.id), lambda: other.download(video.id),
        lambda: other.submit(source="remix", source_video_id=video.id),
        lambda: studio.authority.tester.delete_video(other.caller, video.id),
        lambda: studio.authority.tester.create_character(other.caller, "Ada", video.id),
        lambda: studio.authority.tester.list_videos(other.caller, after=video.id),
    )
    for use in uses:
        with pytest.raises(NotFound):
            use()


def test_secrets_in_free_text_do_not_enter_the_log(studio: Any) -> None:
    secret = studio.caller.bearer
    studio.submit(f"my token is {secret}", model="llk_" + "a" * 38, style="llk_" + "b" * 38)
    [event] = studio.range.of(events.VideoSubmitted)
    assert "aaaa" not in event.model
    assert "bbbb" not in event.style
    assert secret not in event.prompt


# --- lists ---


def test_pages_follow_each_other_in_both_orders_without_gap_or_repeat(studio: Any) -> None:
    studio.adopt(quota=Quota(concurrent_renders=100))
    ids = [studio.submit().id for _ in range(7)]
    studio.other_tester().submit()
    for order, expected in (("asc", ids), ("desc", ids[::-1])):
        seen: list[str] = []
        after = None
        for _ in range(10):
            page = studio.authority.tester.list_videos(studio.caller, after, 3, order)
            seen += [video.id for video in page.data]
            assert (page.first_id, page.last_id) == (page.data[0].id, page.data[-1].id)
            after = page.last_id
            if not page.has_more:
                break
        assert seen == expected


def test_a_list_goes_on_after_its_cursor_was_deleted(studio: Any) -> None:
    ids = [studio.submit().id for _ in range(4)]
    for expected in ids:
        page = studio.authority.tester.list_videos(studio.caller, None, 1, "asc")
        assert page.last_id == expected
        studio.authority.tester.delete_video(studio.caller, expected)
        rest = studio.authority.tester.list_videos(studio.caller, expected, 10, "asc")
        assert [video.id for video in rest.data] == ids[ids.index(expected) + 1:]


def test_an_empty_list_has_no_ids_and_no_more(studio: Any) -> None:
    page = studio.authority.tester.list_videos(studio.caller)
    assert (page.data, page.first_id, page.last_id, page.has_more) == ([], None, None, False)


@pytest.mark.parametrize(
    ("query", "param"),
    [((None, 0, "asc"), "limit"), ((None, 101, "asc"), "limit"), ((None, 20, "up"), "order")],
)
def test_a_list_query_outside_its_range_is_refused(studio: Any, query: tuple[Any, ...], param: str) -> None:
    with pytest.raises(Invalid) as refused:
        studio.authority.tester.list_videos(studio.caller, *query)
    assert refused.value.param == param


# --- deleting ---


def test_deleting_in_flight_cancels_the_render_and_frees_its_place(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"capacity": 1})
    first, second = studio.submit(), studio.submit()
    studio.range.clock.advance(5.0)
    studio.authority.tester.delete_video(studio.caller, first.id)
    assert studio.retrieve(second.id).status == "in_progress"
    [failed] = studio.range.of(events.RenderFailed)
    assert (failed.video_id, failed.code) == (first.id, "cancelled")
    with pytest.raises(NotFound):
        studio.retrieve(first.id)


def test_what_is_quarantined_cannot_be_deleted(studio: Any) -> None:
    video = studio.finished()
    videos = studio.authority.videos
    videos.dispose("rev_1", videos.of_tester(studio.tester_id), studio.range.clock.now(), to="quarantine")
    with pytest.raises(OutputQuarantined):
        studio.authority.tester.delete_video(studio.caller, video.id)


# --- sources ---


def test_a_remix_names_its_source_and_takes_over_its_shape(studio: Any) -> None:
    source = studio.finished(size="1920x1080", seconds="10", style="noir", model="mock-video-1-turbo")
    remix = studio.submit("again", source="remix", source_video_id=source.id)
    assert remix.remixed_from_video_id == source.id
    assert (remix.size, remix.seconds, remix.style) == ("1920x1080", "10", "noir")
    assert remix.model == "mock-video-1-turbo"


def test_nothing_is_made_from_a_video_that_is_not_released(open_studio: Callable[..., Any]) -> None:
    studio = open_studio()
    unfinished = studio.submit()
    with pytest.raises(NotReady):
        studio.submit(source="edit", source_video_id=unfinished.id)


@pytest.mark.parametrize(
    ("source", "action"),
    [
        ("create", "videos.create"), ("edit", "videos.edit"), ("extension", "videos.extend"),
        ("remix", "videos.remix"),
    ],
)
def test_each_source_asks_the_gate_for_its_own_action(studio: Any, source: str, action: str) -> None:
    video = studio.finished()
    studio.submit(source=source, source_video_id=video.id if source != "create" else None)
    assert studio.range.of(events.RequestAdmitted)[-1].action == action


# --- idempotency ---


def test_the_same_key_and_payload_give_the_same_video(studio: Any) -> None:
    first = studio.submit(key="k")
    studio.range.clock.advance(100.0)
    again = studio.submit(key="k")
    assert (again.id, again.status) == (first.id, "completed")
    assert len(studio.range.of(events.VideoSubmitted)) == 1


def test_the_same_key_with_another_payload_is_refused(studio: Any) -> None:
    studio.submit("one", key="k")
    with pytest.raises(IdempotencyMismatch):
        studio.submit("two", key="k")


def test_a_key_is_the_testers_own_and_lives_a_day(studio: Any) -> None:
    first = studio.submit(key="k")
    assert studio.other_tester().submit(key="k").id != first.id
    studio.range.clock.advance(DAY)
    assert studio.submit(key="k").id != first.id


def test_a_key_of_a_deleted_video_is_free_again(studio: Any) -> None:
    first = studio.submit(key="k")
    studio.authority.tester.delete_video(studio.caller, first.id)
    assert studio.submit(key="k").id != first.id


def test_a_repeated_order_is_answered_after_a_restart_and_beyond_the_quota(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(quota=Quota(renders_per_day=1))
    first = studio.submit(key="k")
    assert studio.submit(key="k").id == first.id
    restarted = studio.range.replayed()
    again = restarted.tester.submit_video(studio.caller, VideoOrder(prompt="a quiet street"), "k")
    assert again.id == first.id


def test_the_log_holds_hashes_of_key_and_payload_only(studio: Any) -> None:
    studio.submit(key="order-of-ada")
    assert b"order-of-ada" not in b"".join(msgspec.json.encode(event) for event in studio.range.events)


@pytest.mark.parametrize("key", ["", " ", "k" * 256])
def test_a_key_must_be_1_to_255_characters(studio: Any, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        studio.submit(key=key)
    assert refused.value.param == "Idempotency-Key"


def test_the_store_of_keys_is_bounded_and_forgets_the_oldest() -> None:
    remembered = Remembered()
    for number in range(ENTRIES + 5):
        remembered.note("tester_1", (f"key {number}", "payload"), f"video_{number}", 1.0)
    assert remembered.find("tester_1", ("key 4", "payload"), 2.0) is None
    assert remembered.find("tester_1", ("key 5", "payload"), 2.0) == "video_5"


# --- quotas ---


def test_the_quota_of_renders_rolls_over_24_hours(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(quota=Quota(renders_per_day=2))
    studio.finished()
    studio.range.clock.advance(9000.0)
    studio.finished()
    with pytest.raises(QuotaExhausted) as refused:
        studio.submit()
    assert refused.value.retry_after == pytest.approx(DAY - 11_000.0)
    assert studio.range.of(events.RequestRefused)[-1].code == "quota_exhausted"
    studio.range.clock.advance(refused.value.retry_after)
    studio.submit()


def test_deleting_gives_no_quota_back(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(quota=Quota(renders_per_day=1))
    video = studio.finished()
    studio.authority.tester.delete_video(studio.caller, video.id)
    with pytest.raises(QuotaExhausted):
        studio.submit()


def test_renders_at_once_are_limited_and_the_limit_is_each_testers_own(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(quota=Quota(concurrent_renders=2))
    first = studio.submit()
    studio.submit()
    with pytest.raises(TooManyRenders) as refused:
        studio.submit()
    assert refused.value.retry_after == RETRY_SOON
    studio.other_tester().submit()
    studio.authority.tester.delete_video(studio.caller, first.id)
    studio.submit()


def test_a_full_line_takes_no_more(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"capacity": 1, "queue_limit": 1})
    studio.submit()
    studio.submit()
    with pytest.raises(QueueFull):
        studio.submit()
    assert studio.range.of(events.RequestRefused)[-1].code == "queue_full"


# --- characters ---


def test_a_character_is_named_and_found_again_also_after_a_restart(studio: Any) -> None:
    video = studio.finished()
    character = studio.authority.tester.create_character(studio.caller, "Ada", video.id)
    assert studio.authority.tester.retrieve_character(studio.caller, character.id) == character
    assert studio.range.replayed().tester.retrieve_character(studio.caller, character.id) == character
    with pytest.raises(NotFound):
        studio.authority.tester.retrieve_character(studio.other_tester().caller, character.id)


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_of_a_character_is_1_to_80_characters(studio: Any, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        studio.authority.tester.create_character(studio.caller, name)
    assert refused.value.param == "name"


def test_a_tester_keeps_a_limited_number_of_characters(studio: Any) -> None:
    for _ in range(CHARACTERS_PER_TESTER):
        studio.authority.tester.create_character(studio.caller, "Ada")
    with pytest.raises(QuotaExhausted):
        studio.authority.tester.create_character(studio.caller, "Ada")


# --- memory ---


def test_after_all_is_over_nothing_but_cursors_is_left(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(mode="contract", renders={"moderation_share": 0.5})
    for number in range(8):
        studio.finished(key=f"key {number}")
    studio.range.clock.advance(3 * DAY)
    studio.submit(key="last")
    state = studio.state()
    assert len(state["records"]) == len(state["of"]) == len(state["cursors"]) - 7 == 1
    assert len(state["remembered"]["_entries"]) == 1
    assert [len(ordered) for ordered in state["approvals"].values()] == [0] * 7
    assert len(state["usage"][0][studio.tester_id]) == 1
