"""A quarantine is lifted by an operator alone: by name, for a reason, and back to where the output stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_api.core.errors import Invalid, NotApproved, NotFound, OutputQuarantined
from mock_api.core.events import OutputQuarantined as Quarantined
from mock_api.core.events import OutputRecalled, ProgrammePaused, QuarantineLifted, Revoked
from mock_api.core.policy import Approval, OnRevocation
from mock_api.core.scopes import TesterScope, TokenScope

LOCK_ALL = OnRevocation(in_flight="quarantine", held="quarantine", approved="quarantine")
Opener = Callable[..., Any]


def revoke(studio: Any, scope: Any = None) -> str:
    """Revoke the studio's token, and come back with another one."""
    outcome = studio.authority.responder.revoke(scope or TokenScope(studio.jti), "leaked", "Ada")
    studio.range.clock.advance(1.0)
    key = studio.authority.operator.reissue_key(studio.tester_id, "Ada").tester_key
    studio.caller = studio.caller._replace(bearer=studio.range.token(studio.tester_id, key))
    return str(outcome.revocation_id)


def test_a_released_output_leaves_again_and_the_log_says_who_let_it(studio: Any) -> None:
    video = studio.finished()
    revocation_id = revoke(studio)
    with pytest.raises(OutputQuarantined):
        studio.download(video.id)
    assert studio.authority.responder.release("ours", "Ada", video_id=video.id) == [video.id]
    assert studio.download(video.id).body
    (lifted,) = studio.range.of(QuarantineLifted)
    assert (lifted.video_id, lifted.revocation_id, lifted.reason, lifted.by) == (
        video.id, revocation_id, "ours", "Ada"
    )


@pytest.mark.parametrize(
    ("review", "before"),
    [(None, "held"), ("claim", "held"), ("approve", "approved")],
)
def test_it_goes_back_to_where_it_stood(open_studio: Opener, review: str | None, before: str) -> None:
    studio = open_studio(mode="hold")
    video = studio.finished()
    if review is not None:
        getattr(studio.authority.reviewer, review)(video.id, "Bo")
    revocation_id = revoke(studio)
    (item,) = studio.authority.reviewer.list_approvals("quarantined")
    assert item.locked_by == revocation_id
    studio.authority.responder.release("ours", "Ada", revocation_id=revocation_id)
    assert studio.retrieve(video.id).approval.state == before
    (item,) = studio.authority.reviewer.list_approvals(before)
    assert (item.video_id, item.locked_by) == (video.id, None)
    if before == "held":
        with pytest.raises(NotApproved):
            studio.download(video.id)


def test_a_render_locked_in_flight_is_held_once_it_has_finished_and_is_released(open_studio: Opener) -> None:
    studio = open_studio(approval=Approval(mode="hold", on_revocation=LOCK_ALL))
    early, late = studio.submit(), studio.submit()
    revoke(studio)
    studio.authority.responder.release("ours", "Ada", video_id=early.id)
    assert studio.retrieve(early.id).approval.state == "pending"
    studio.range.clock.advance(1000.0)
    assert studio.retrieve(late.id).approval.state == "quarantined"
    studio.authority.responder.release("ours", "Ada", video_id=late.id)
    assert [studio.retrieve(each.id).approval.state for each in (early, late)] == ["held", "held"]


def test_lifting_an_earlier_lock_lets_nothing_go_that_a_later_revocation_covers(studio: Any) -> None:
    video = studio.finished()
    first = revoke(studio)
    second = revoke(studio, TesterScope(studio.tester_id))
    with pytest.raises(NotFound):
        studio.authority.responder.release("ours", "Ada", revocation_id=first)
    assert studio.authority.responder.release("ours", "Ada", revocation_id=second) == [video.id]


def test_what_is_not_locked_or_gone_is_not_released(studio: Any) -> None:
    video = studio.finished()
    responder = studio.authority.responder
    with pytest.raises(NotFound):
        responder.release("ours", "Ada", video_id=video.id)
    with pytest.raises(Invalid):
        responder.release("ours", "Ada")
    with pytest.raises(Invalid):
        responder.release(" ", "Ada", video_id=video.id)
    revoke(studio)
    studio.range.clock.advance(86_400.0)
    with pytest.raises(NotFound):
        responder.release("ours", "Ada", video_id=video.id)
    assert not studio.range.of(QuarantineLifted)


def test_a_log_that_ends_within_a_revocation_holds_the_locks_and_not_yet_the_revocation(studio: Any) -> None:
    studio.finished()
    revoke(studio)
    kinds = [type(event) for event in studio.range.events]
    assert kinds.index(Quarantined) < kinds.index(Revoked)


def test_a_log_that_ends_within_a_pause_holds_the_recalls_and_not_yet_the_pause(studio: Any) -> None:
    studio.finished()
    studio.authority.responder.pause("leaked", "Ada", recall=True)
    kinds = [type(event) for event in studio.range.events]
    assert kinds.index(OutputRecalled) < kinds.index(ProgrammePaused)
