"""The operator in quiet times: testers, tokens, signing keys, policy."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.doors.operator import InvitedTester, TesterView, TokenView
from mock_api.core.policy import Policy

from .answers import Listing, answer
from .bodies import read_json
from .callers import By, operator_only
from .documents import operation
from .forms import Act, BulkInvitation, Invitation, Rotation

AtMost = Annotated[int | None, Query(ge=1, description="At most so many; without it all.")]
OPERATOR = (errors.OperatorKeyInvalid,)


class RotatedKey(Struct, frozen=True):
    """The key that signs from now on."""

    kid: str


def serve_operator(api: FastAPI, authority: Authority) -> None:
    """Add the routes of whoever runs the programme."""
    _serve_invitations(api, authority)
    _serve_testers(api, authority)
    guard, operator = operator_only(authority), authority.operator

    what = operation(
        "List access tokens", "operator", Listing[TokenView], refusals=(*OPERATOR, errors.NotFound)
    )

    @api.get("/admin/tokens", dependencies=guard, **what)
    async def list_tokens(
        tester_id: str | None = None, live_only: bool = False, limit: AtMost = None
    ) -> Response:
        """The access tokens in the books, oldest first; never the tokens themselves."""
        return answer(Listing(operator.list_tokens(tester_id, live_only)[:limit]))

    what = operation("Rotate the signing key", "operator", RotatedKey, body=Rotation, refusals=OPERATOR)

    @api.post("/admin/keys/rotate", dependencies=guard, **what)
    async def rotate_key(request: Request) -> Response:
        """Sign with another key from now on; tokens of older keys stay good for the overlap, or until revoked."""
        form = await read_json(request, Rotation)
        overlap = None if form.overlap is UNSET else form.overlap
        return answer(RotatedKey(operator.rotate_key(form.by, overlap)))

    what = operation("Read the policy", "operator", Policy, refusals=OPERATOR)

    @api.get("/admin/policy", dependencies=guard, **what)
    async def read_policy() -> Response:
        """The policy in force."""
        return answer(authority.policy)

    what = operation("Adopt a policy", "operator", Policy, body=Policy, refusals=OPERATOR)

    @api.put("/admin/policy", dependencies=guard, **what)
    async def adopt_policy(request: Request, by: By = "operator") -> Response:
        """Put another policy in force; it must be whole, what is left out takes its default."""
        operator.adopt_policy(await read_json(request, Policy), by)
        return answer(authority.policy)


def _serve_invitations(api: FastAPI, authority: Authority) -> None:
    guard, operator = operator_only(authority), authority.operator

    what = operation("Invite a tester", "operator", InvitedTester, body=Invitation, refusals=OPERATOR)

    @api.post("/admin/testers", dependencies=guard, **what)
    async def invite(request: Request) -> Response:
        """Invite one tester. The answer holds the tester key, which is shown this once."""
        form = await read_json(request, Invitation)
        return answer(operator.invite(form.name, form.cohort, by=form.by, quota=form.quota), headers=ONCE)

    what = operation(
        "Invite many testers", "operator", Listing[InvitedTester], body=BulkInvitation, refusals=OPERATOR
    )

    @api.post("/admin/testers/bulk", dependencies=guard, **what)
    async def invite_many(request: Request) -> Response:
        """Invite testers by number or by names, in one go."""
        form = await read_json(request, BulkInvitation)
        people = form.names if form.count is UNSET else form.count
        if people is UNSET or UNSET not in (form.count, form.names):
            raise errors.Invalid("Give either `count` or `names`.", param="count")
        invited = operator.invite_many(people, form.cohort, by=form.by, quota=form.quota)
        return answer(Listing(invited), headers=ONCE)


def _serve_testers(api: FastAPI, authority: Authority) -> None:
    guard, operator = operator_only(authority), authority.operator
    at_one = (*OPERATOR, errors.NotFound, errors.AlreadySettled)

    what = operation("List testers", "operator", Listing[TesterView], refusals=OPERATOR)

    @api.get("/admin/testers", dependencies=guard, **what)
    async def list_testers(cohort: str | None = None, limit: AtMost = None) -> Response:
        """Everybody ever invited, or those of a cohort; oldest first."""
        testers = [tester for tester in operator.list_testers() if cohort in (None, tester.cohort)]
        return answer(Listing(testers[:limit]))

    what = operation("Remove a tester", "operator", TesterView, refusals=at_one)

    @api.delete("/admin/testers/{tester_id:name}", dependencies=guard, **what)
    async def remove_tester(tester_id: str, by: By = "operator") -> Response:
        """Take a tester and their tokens out of the programme."""
        return answer(operator.remove_tester(tester_id, by))

    what = operation("Reissue a tester key", "operator", InvitedTester, body=Act, refusals=at_one)

    @api.post("/admin/testers/{tester_id:name}/key", dependencies=guard, **what)
    async def reissue_key(request: Request, tester_id: str) -> Response:
        """Give a tester a new key in place of the old one; it is shown this once."""
        form = await read_json(request, Act)
        return answer(operator.reissue_key(tester_id, form.by), headers=ONCE)


ONCE = {"Cache-Control": "no-store"}  # These answers hold secrets.
