"""What holding outputs costs the innocent."""

from __future__ import annotations

import pytest

from mock_api.core import events
from tests.policy_lab.ledger.story import START, Story


def held(tester: str = "bob") -> Story:
    """An output of `tester` that is finished at second 240 and waits from then on."""
    story = Story("ann", "bob")
    story.leak(at=100)
    story.submit("video-1", f"{tester}-1", at=190, origin=f"home of {tester}")
    story.render("video-1", at=200)
    return story


@pytest.mark.parametrize("settled", [
    events.OutputApproved(START + 300, "video-1", "rev"),
    events.OutputRejected(START + 300, "video-1", "rev", "no"),
    events.OutputQuarantined(START + 300, "video-1", "revocation"),
    events.OutputRecalled(START + 300, "video-1", "revocation"),
    events.VideoDeleted(START + 300, "video-1"),
])
def test_an_output_waits_from_its_render_to_whatever_settles_it(settled: object) -> None:
    story = held()
    story.add(settled, events.OutputApproved(START + 900, "video-1", "rev"))
    assert story.ledger(horizon=2000).legitimate_minutes_held == 1


def test_what_still_waits_counts_up_to_the_horizon() -> None:
    assert held().ledger(horizon=360).legitimate_minutes_held == 2


def test_what_is_not_held_waits_for_nobody() -> None:
    story = Story("bob")
    story.submit("video-1", "bob-1", at=190, origin="home of bob")
    story.add(events.RenderFinished(START + 240, "video-1", held=False, expires_at=START + 1e6))
    assert story.ledger(horizon=2000).legitimate_minutes_held == 0


def test_what_waits_in_the_leakers_name_is_no_collateral() -> None:
    assert held("ann").ledger(horizon=2000).legitimate_minutes_held == 0
