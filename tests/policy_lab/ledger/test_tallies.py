"""What is simply counted."""

from __future__ import annotations

from frontend_proxy.core import events as page
from mock_api.core import events
from tests.policy_lab.ledger.story import START, Story


def test_the_spread_at_the_front_end_is_counted_by_kind() -> None:
    story = Story()
    story.add(
        page.VisitorArrived(START, "v1", None), page.VisitorArrived(START, "v2", "clip-1"),
        page.VisitorArrived(START, "v3", None), page.VisitorArrived(START, "v4", None),
        page.VisitorBalked(START, "v2", 40, "queue"), page.VisitorBalked(START, "v3", 500, "full"),
        page.VisitorBalked(START, "v4", 0, "dead"),
        page.SubmissionQueued(START, "s1", "v1", 1, "10", "640x360"),
        page.SubmissionQueued(START, "s2", "v2", 2, "10", "640x360"),
        page.ClipDisplayed(START, "clip-1", "s1", "video-1", 100.0),
        page.VisitorReneged(START, "s2", "v2", 600.0),
        page.MirrorOpened(START, "m1", holds_credential=False),
        page.MirrorVisited(START, "m1", served=False), page.MirrorVisited(START, "m1", served=True),
    )
    ledger = story.ledger()
    assert (ledger.visitors, ledger.submissions, ledger.displayed_clips) == (4, 2, 1)
    assert (ledger.balked, ledger.turned_away, ledger.reneged) == (2, 1, 1)
    assert (ledger.mirrors, ledger.mirror_requests_served) == (1, 1)


def test_a_reviewers_time_runs_from_the_claim_to_what_ends_it() -> None:
    story = Story()
    ends: tuple[object, ...] = (
        events.OutputApproved(START + 60, "video-0", "rev"),
        events.OutputRejected(START + 60, "video-1", "rev", "no"),
        events.ClaimLapsed(START + 60, "video-2", "rev"),
        events.OutputQuarantined(START + 60, "video-3", "revocation"),
        events.OutputRecalled(START + 60, "video-4", "revocation"),
    )
    for index, end in enumerate(ends):
        story.add(events.OutputClaimed(START, f"video-{index}", "rev", START + 600), end)
    assert story.ledger().reviewer_minutes == 5
    story.add(events.OutputClaimed(START + 100, "video-9", "rev", START + 700))
    assert story.ledger(horizon=160).reviewer_minutes == 6


def test_a_decision_without_a_claim_takes_no_time() -> None:
    story = Story()
    story.add(events.OutputApproved(START + 60, "video-0", "rev"))
    assert story.ledger().reviewer_minutes == 0


def test_only_further_keys_are_reissued() -> None:
    story = Story("ann", "bob")
    assert story.ledger().keys_reissued == 0
    story.key("ann", at=10)
    story.key("ann", at=20)
    assert story.ledger().keys_reissued == 2


def test_alerts_and_reports_are_work() -> None:
    story = Story("ann")
    story.alert(at=5)
    story.add(events.LeakReported(START + 6, "report", "reviewer", "ann-1", "ann", "", "", "rev"))
    assert (story.ledger().alerts, story.ledger().leak_reports) == (1, 1)
