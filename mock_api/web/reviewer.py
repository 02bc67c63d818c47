"""The approval queue: look, claim, approve, reject."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.approvals import ApprovalItem
from mock_api.core.authority import Authority

from .answers import Listing, answer
from .bodies import read_json
from .callers import operator_only
from .documents import operation
from .forms import BulkReview, Rejection, Review

State = Literal["pending", "held", "claimed", "approved", "rejected", "quarantined", "recalled"]
AT_A_LIST = (errors.OperatorKeyInvalid, errors.NotFound)
AT_A_REVIEW = (
    *AT_A_LIST, errors.ClaimConflict, errors.AlreadySettled, errors.NotReady, errors.OutputQuarantined,
    errors.OutputRecalled, errors.OutputExpired,
)


class Decided(Struct, frozen=True):
    """The videos that were decided on, oldest first."""

    video_ids: list[str]


def serve_reviewer(api: FastAPI, authority: Authority) -> None:
    """Add the routes of the reviewers."""
    _serve_queue(api, authority)
    _serve_decisions(api, authority)


def _serve_queue(api: FastAPI, authority: Authority) -> None:
    guard, reviewer = operator_only(authority), authority.reviewer

    what = operation("List outputs by approval", "reviewer", Listing[ApprovalItem], refusals=AT_A_LIST)

    @api.get("/admin/approvals", dependencies=guard, **what)
    async def list_approvals(
        state: State | None = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> Response:
        """Outputs in a state, or all that wait for a decision; oldest first."""
        return answer(Listing(reviewer.list_approvals(state, after, limit)))

    what = operation("Decide on many outputs", "reviewer", Decided, body=BulkReview, refusals=AT_A_LIST)

    @api.post("/admin/approvals/bulk", dependencies=guard, **what)
    async def decide_all(request: Request) -> Response:
        """Approve or reject all that waits of one token or one tester."""
        form = await read_json(request, BulkReview)
        jti = None if form.jti is UNSET else form.jti
        tester_id = None if form.tester_id is UNSET else form.tester_id
        return answer(Decided(reviewer.decide_all(
            form.decision, form.reviewer, jti=jti, tester_id=tester_id, reason=form.reason
        )))


def _serve_decisions(api: FastAPI, authority: Authority) -> None:
    guard, reviewer = operator_only(authority), authority.reviewer

    what = operation("Claim an output", "reviewer", ApprovalItem, body=Review, refusals=AT_A_REVIEW)

    @api.post("/admin/approvals/{video_id}/claim", dependencies=guard, **what)
    async def claim(request: Request, video_id: str) -> Response:
        """Keep other reviewers off an output until it is decided or the claim lapses."""
        form = await read_json(request, Review)
        return answer(reviewer.claim(video_id, form.reviewer))

    what = operation("Approve an output", "reviewer", ApprovalItem, body=Review, refusals=AT_A_REVIEW)

    @api.post("/admin/approvals/{video_id}/approve", dependencies=guard, **what)
    async def approve(request: Request, video_id: str) -> Response:
        """Let the output leave."""
        form = await read_json(request, Review)
        return answer(reviewer.approve(video_id, form.reviewer))

    what = operation("Reject an output", "reviewer", ApprovalItem, body=Rejection, refusals=AT_A_REVIEW)

    @api.post("/admin/approvals/{video_id}/reject", dependencies=guard, **what)
    async def reject(request: Request, video_id: str) -> Response:
        """Do not let the output leave, and say why."""
        form = await read_json(request, Rejection)
        return answer(reviewer.reject(video_id, form.reviewer, form.reason))
