"""Who is inside stays inside."""

from __future__ import annotations

from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement.point import EnforcementPoint
from mock_api.core.enforcement.questions import Question
from mock_api.core.enforcement.view import Arrival

from .card import Card, Exhibit


class LockAtTheDoorOnly(EnforcementPoint):
    """Judges requests when they come, and answers under way never again."""

    def judge_again(self, claims: Claims, arrival: Arrival, now: float) -> Question | None:
        """Let it go on."""
        return None


LOCK_IGNORED_BY_OPEN_STREAMS = Exhibit(
    card=Card(
        name="lock-ignored-by-open-streams",
        title="A lock that open streams do not feel",
        reports=("gravitational/teleport#15526", "gravitational/teleport#36884"),
        wrong=(
            "The lock is checked when a connection is made. What is connected already goes on, for as long as it "
            "likes."
        ),
        look_for=(
            "Through a gate in front, start a long download and read it slowly; revoke its token. New requests are "
            "refused, the download comes to its end. (Without a gate in front there are no streams to cut.)"
        ),
        breaks="an open stream ends within the bound",
    ),
    right=EnforcementPoint,
    wrong=LockAtTheDoorOnly,
    part_at_gate=lambda point: point,
)
