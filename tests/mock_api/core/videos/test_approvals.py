"""The approval queue: who may decide what, when, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_api.core import events
from mock_api.core.errors import (
    AlreadySettled,
    ClaimConflict,
    Invalid,
    NotApproved,
    NotFound,
    NotReady,
    OutputExpired,
    OutputQuarantined,
    OutputRecalled,
)
from mock_api.core.policy import Approval
from mock_api.core.quantities import DAY, MINUTE


@pytest.fixture
def held(open_studio: Callable[..., Any]) -> Any:
    """A studio whose outputs are held until approved."""
    return open_studio(mode="hold")


def states(studio: Any, state: str | None = None) -> list[str]:
    """Ids of the approval list."""
    return [item.video_id for item in studio.authority.reviewer.list_approvals(state)]


def test_a_held_output_stays_in_progress_until_it_is_approved(held: Any) -> None:
    video = held.finished()
    assert (video.status, video.progress, video.completed_at) == ("in_progress", 100, None)
    assert video.approval.state == "held"
    with pytest.raises(NotApproved) as refused:
        held.download(video.id)
    assert refused.value.should_retry is False
    held.authority.reviewer.approve(video.id, "Bo")
    seen = held.retrieve(video.id)
    assert (seen.status, seen.approval.state, seen.approval.reviewer) == ("completed", "approved", "Bo")
    assert held.download(video.id).media_type == "video/mp4"


def test_there_is_nothing_held_before_the_render_has_finished(held: Any) -> None:
    video = held.submit()
    assert held.retrieve(video.id).approval.state == "pending"
    held.range.clock.advance(1000.0)
    assert held.retrieve(video.id).approval.state == "held"


def test_a_held_output_that_expires_undecided_has_failed_so_that_nobody_polls_on(open_studio: Any) -> None:
    studio = open_studio(mode="hold", renders={"output_lifetime": 2000.0})
    video = studio.finished()
    studio.range.clock.advance(2000.0)
    seen = studio.retrieve(video.id)
    assert (seen.status, seen.error.code) == ("failed", "output_expired")


def test_a_rejected_held_output_fails_with_the_reason(held: Any) -> None:
    video = held.finished()
    held.authority.reviewer.reject(video.id, "Bo", "shows a person")
    seen = held.retrieve(video.id)
    assert (seen.status, seen.error.code) == ("failed", "output_rejected")
    assert seen.approval.reason == "shows a person"
    with pytest.raises(NotApproved):
        held.download(video.id)


def test_under_a_contract_decisions_are_kept_and_downloads_stay_open(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(mode="contract")
    video = studio.finished()
    assert (video.status, video.approval.state) == ("completed", "pending")
    studio.download(video.id)
    studio.authority.reviewer.reject(video.id, "Bo", "no")
    seen = studio.retrieve(video.id)
    assert (seen.status, seen.error, seen.approval.state) == ("completed", None, "rejected")
    studio.download(video.id)


def test_a_claim_is_one_reviewers_alone(held: Any) -> None:
    video, desk = held.finished(), held.authority.reviewer
    item = desk.claim(video.id, "Bo")
    assert (item.state, item.reviewer) == ("claimed", "Bo")
    assert item.claim_lapses_at == held.range.clock.now() + 10 * MINUTE
    for decide in (desk.claim, desk.approve, lambda video_id, name: desk.reject(video_id, name, "no")):
        with pytest.raises(ClaimConflict, match="Bo"):
            decide(video.id, "Cy")
    assert desk.claim(video.id, "Bo") == item
    assert len(held.range.of(events.OutputClaimed)) == 1
    assert desk.approve(video.id, "Bo").state == "approved"


def test_a_claim_lapses_at_the_end_of_its_lease_and_the_output_waits_in_its_old_place(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(approval=Approval(mode="hold", claim_lease=60.0))
    oldest, younger = studio.finished().id, studio.finished().id
    studio.authority.reviewer.claim(oldest, "Bo")
    assert states(studio, "held") == [younger]
    studio.range.clock.advance(60.0)
    assert states(studio, "held") == [oldest, younger]
    [lapsed] = studio.range.of(events.ClaimLapsed)
    assert (lapsed.video_id, lapsed.reviewer, lapsed.at) == (oldest, "Bo", studio.range.clock.now())
    assert studio.authority.reviewer.claim(oldest, "Cy").reviewer == "Cy"


def test_a_claimed_output_is_not_released_yet(held: Any) -> None:
    video = held.finished()
    held.authority.reviewer.claim(video.id, "Bo")
    with pytest.raises(NotApproved):
        held.download(video.id)


def test_after_a_restart_the_end_of_an_earlier_claim_does_not_end_the_present_one(
    open_studio: Callable[..., Any]
) -> None:
    studio = open_studio(approval=Approval(mode="hold", claim_lease=60.0))
    video_id = studio.finished().id
    studio.authority.reviewer.claim(video_id, "Bo")
    studio.range.clock.advance(70.0)
    studio.authority.reviewer.claim(video_id, "Cy")
    restarted = studio.range.replayed()
    [item] = restarted.reviewer.list_approvals("claimed")
    assert item.reviewer == "Cy"


def test_an_output_that_expires_under_a_claim_is_not_listed_again(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(mode="hold", renders={"output_lifetime": 1000.0})
    video = studio.finished()
    studio.authority.reviewer.claim(video.id, "Bo")
    studio.range.clock.advance(3600.0)
    assert states(studio) == []
    assert studio.range.of(events.ClaimLapsed) == []


def test_a_decision_ends_the_claim_so_that_it_does_not_lapse(held: Any) -> None:
    video = held.finished()
    held.authority.reviewer.claim(video.id, "Bo")
    held.authority.reviewer.approve(video.id, "Bo")
    held.range.clock.advance(3600.0)
    held.authority.settle()
    assert held.range.of(events.ClaimLapsed) == []


@pytest.mark.parametrize("decided", ["approve", "reject"])
def test_what_was_decided_is_not_decided_again(held: Any, decided: str) -> None:
    video, desk = held.finished(), held.authority.reviewer
    desk.decide_all(decided, "Bo", jti=held.jti, reason="because")
    for decide in (desk.claim, desk.approve, lambda video_id, name: desk.reject(video_id, name, "no")):
        with pytest.raises(AlreadySettled, match="by Bo"):
            decide(video.id, "Cy")


@pytest.mark.parametrize(("to", "refusal"), [("quarantine", OutputQuarantined), ("recall", OutputRecalled)])
def test_what_a_revocation_took_is_not_decided(held: Any, to: str, refusal: type[Exception]) -> None:
    video, desk = held.finished(), held.authority.reviewer
    desk.claim(video.id, "Bo")
    videos = held.authority.videos
    videos.dispose("rev_1", list(videos.records.values()), held.range.clock.now(), to=to)
    for decide in (desk.claim, desk.approve, lambda video_id, name: desk.reject(video_id, name, "no")):
        with pytest.raises(refusal):
            decide(video.id, "Bo")


def test_there_is_nothing_to_decide_before_a_render_ends_and_after_its_output_expired(held: Any) -> None:
    video = held.submit()
    with pytest.raises(NotReady):
        held.authority.reviewer.approve(video.id, "Bo")
    held.range.clock.advance(40.0 + DAY)
    with pytest.raises(OutputExpired):
        held.authority.reviewer.approve(video.id, "Bo")
    assert states(held) == []


def test_where_nobody_must_agree_nothing_is_listed_or_decided(studio: Any) -> None:
    video = studio.finished()
    assert states(studio) == []
    with pytest.raises(AlreadySettled, match="needs no approval"):
        studio.authority.reviewer.approve(video.id, "Bo")


def test_the_list_is_by_age_by_state_and_in_pages(held: Any) -> None:
    ids = [held.finished().id for _ in range(5)]
    desk = held.authority.reviewer
    desk.approve(ids[1], "Bo")
    desk.claim(ids[3], "Bo")
    assert states(held) == [ids[0], ids[2], ids[3], ids[4]]
    assert states(held, "approved") == [ids[1]]
    assert [item.video_id for item in desk.list_approvals(None, ids[0], 2)] == [ids[2], ids[3]]
    with pytest.raises(NotFound):
        desk.list_approvals(None, "video_none", 2)
    with pytest.raises(Invalid, match="render has finished"):
        desk.list_approvals(None, held.submit().id, 2)
    with pytest.raises(Invalid, match="quarantined"):
        desk.list_approvals("open")


def test_bulk_decisions_go_by_token_or_tester_and_leave_others_claims_alone(held: Any) -> None:
    mine = [held.finished().id for _ in range(3)]
    theirs = held.other_tester()
    other = theirs.finished().id
    desk = held.authority.reviewer
    desk.claim(mine[1], "Cy")
    assert desk.decide_all("reject", "Bo", jti=held.jti, reason="leaked") == [mine[0], mine[2]]
    assert desk.decide_all("approve", "Cy", tester_id=held.tester_id) == [mine[1]]
    assert states(held) == [other]


@pytest.mark.parametrize("whose", [{}, {"jti": "at_1", "tester_id": "tester_1"}])
def test_a_bulk_decision_names_one_token_or_one_tester(held: Any, whose: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        held.authority.reviewer.decide_all("approve", "Bo", **whose)


@pytest.mark.parametrize("reason", ["", "r" * 501])
def test_a_rejection_needs_a_reason_of_1_to_500_characters(held: Any, reason: str) -> None:
    video = held.finished()
    with pytest.raises(Invalid) as refused:
        held.authority.reviewer.reject(video.id, "Bo", reason)
    assert refused.value.param == "reason"


def test_a_deleted_output_waits_no_longer(held: Any) -> None:
    video = held.finished()
    held.authority.tester.delete_video(held.caller, video.id)
    assert states(held) == []
    with pytest.raises(NotFound):
        held.authority.reviewer.claim(video.id, "Bo")
