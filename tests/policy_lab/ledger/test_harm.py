"""What strangers got."""

from __future__ import annotations

from mock_api.core import events, scopes
from tests.policy_lab.ledger.story import PAGE, START, Story


def leaked() -> Story:
    story = Story("ann", "bob")
    story.leak(at=100)
    return story


def test_a_render_counts_when_it_takes_up_capacity() -> None:
    story = leaked()
    story.submit("video-1", at=200)
    assert story.ledger().misuse_renders == 0
    story.render("video-1", at=210, takes=30)
    ledger = story.ledger()
    assert ledger.misuse_renders == 1
    assert ledger.render_seconds_stolen == 30


def test_a_render_that_fails_or_is_taken_back_stole_what_it_used() -> None:
    for ended in (
        events.RenderFailed(START + 215, "video-1", "moderation_blocked"),
        events.OutputRecalled(START + 215, "video-1", "revocation"),
        events.VideoDeleted(START + 215, "video-1"),
    ):
        story = leaked()
        story.submit("video-1", at=200)
        story.render("video-1", at=210, ends=False)
        story.add(ended)
        assert story.ledger().render_seconds_stolen == 5


def test_a_render_still_running_counts_up_to_the_horizon() -> None:
    story = leaked()
    story.submit("video-1", at=200)
    story.render("video-1", at=210, takes=40, ends=False)
    assert story.ledger(horizon=220).render_seconds_stolen == 10
    assert story.ledger(horizon=900).render_seconds_stolen == 40


def test_what_the_tester_renders_on_the_leaked_token_is_not_stolen() -> None:
    story = leaked()
    story.submit("video-1", at=200, origin="home of ann")
    story.render("video-1", at=210)
    story.submit("video-2", at=300)
    story.render("video-2", at=310, takes=7)
    ledger = story.ledger()
    assert ledger.misuse_renders == 1
    assert ledger.render_seconds_stolen == 7


def test_an_output_escapes_once_however_often_it_is_downloaded() -> None:
    story = leaked()
    story.submit("video-1", at=200)
    story.download("video-1", at=300)
    story.download("video-1", at=301)
    ledger = story.ledger()
    assert (ledger.outputs_escaped, ledger.outputs_escaped_unapproved) == (1, 1)


def test_an_approved_output_escapes_approved_and_a_later_approval_does_not_help() -> None:
    story = leaked()
    story.add(events.OutputApproved(START + 250, "video-1", "rev"))
    story.download("video-1", at=300)
    story.download("video-2", at=300)
    story.add(events.OutputApproved(START + 350, "video-2", "rev"))
    story.download("video-2", at=400)
    ledger = story.ledger()
    assert (ledger.outputs_escaped, ledger.outputs_escaped_unapproved) == (2, 1)


def test_the_testers_own_outputs_escape_too_when_a_stranger_downloads_them() -> None:
    story = leaked()
    story.submit("video-1", at=50, origin="home of ann")
    story.download("video-1", at=60, origin="home of ann")
    assert story.ledger().outputs_escaped == 0
    story.download("video-1", at=300, origin=PAGE)
    assert story.ledger().outputs_escaped == 1


def test_taking_an_output_back_does_not_bring_it_home() -> None:
    story = leaked()
    story.submit("video-1", at=200)
    story.download("video-1", at=300)
    story.revoke(scopes.AllScope(), at=400)
    story.add(events.OutputRecalled(START + 400, "video-1", "revocation"))
    assert story.ledger().outputs_escaped == 1
