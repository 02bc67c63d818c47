"""The reviewers' front door. Who is a reviewer, the adapter has checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from mock_api.core import errors
from mock_api.core.approvals import ApprovalItem, Decision

if TYPE_CHECKING:
    from mock_api.core.authority import Authority


class ReviewerDoor:
    """Each method settles first; refusals are raised."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def list_approvals(
        self, state: str | None = None, after: str | None = None, limit: int = 20
    ) -> list[ApprovalItem]:
        """Outputs in `state` (None: all that wait for a decision), oldest first, after the id `after`."""
        self._authority.settle()
        return self._authority.approvals.page(state, after, limit)

    def claim(self, video_id: str, reviewer: str) -> ApprovalItem:
        """Take an output up; `ClaimConflict` while another reviewer has it."""
        return self._authority.approvals.claim(video_id, reviewer, self._authority.settle())

    def approve(self, video_id: str, reviewer: str) -> ApprovalItem:
        """Agree that the output leaves."""
        return self._authority.approvals.approve(video_id, reviewer, self._authority.settle())

    def reject(self, video_id: str, reviewer: str, reason: str) -> ApprovalItem:
        """Do not agree; the reason is shown to the tester."""
        return self._authority.approvals.reject(video_id, reviewer, reason, self._authority.settle())

    def decide_all(
        self, decision: Decision, reviewer: str, *, jti: str | None = None, tester_id: str | None = None,
        reason: str = "",
    ) -> list[str]:
        """Decide on all that waits of one token or one tester, but for what others have claimed.

        Returns the ids decided on, oldest first.
        """
        if (jti is None) == (tester_id is None):
            raise errors.Invalid("Name either a `jti` or a `tester_id`.", param="jti")
        if decision not in get_args(Decision):
            raise errors.Invalid(f"`decision` must be one of {', '.join(get_args(Decision))}.", param="decision")
        now = self._authority.settle()
        approvals = self._authority.approvals
        chosen = list(approvals.waiting_of(jti, tester_id, reviewer))
        for video_id in chosen:
            if decision == "approve":
                approvals.approve(video_id, reviewer, now)
            else:
                approvals.reject(video_id, reviewer, reason, now)
        return chosen
