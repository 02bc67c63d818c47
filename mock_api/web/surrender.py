"""Where anybody may hand in a credential to have it revoked, as GitHub's bulk revocation does."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core.authority import Authority
from mock_api.core.errors import RateLimited
from mock_api.core.surrender import AT_ONCE

from .answers import answer
from .bodies import read_json
from .callers import caller_of
from .documents import operation
from .forms import Strict

SURRENDER_PATH = "/credentials/revoke"
LONGEST = 2048  # characters of a credential; our longest token has about half of that
BODY_LIMITS = {SURRENDER_PATH: AT_ONCE * (LONGEST + 8)}  # Nobody shows who they are here.


class FoundCredentials(Strict):
    """Tester keys, access tokens, refresh tokens: whatever was found, whole."""

    credentials: Annotated[
        list[Annotated[str, Meta(max_length=LONGEST)]], Meta(min_length=1, max_length=AT_ONCE)
    ]


class Received(Struct, frozen=True):
    """How many credentials came. Which of them opened anything is nobody's business."""

    received: int


def serve_surrender(api: FastAPI, authority: Authority) -> None:
    """Add the route."""
    one_at_a_time = asyncio.Lock()
    what = operation("Hand in found credentials", "public", Received, body=FoundCredentials, refusals=(RateLimited,))
    what["responses"][202] = {**what["responses"].pop(200), "description": "Whatever of it was ours is revoked."}
    what["status_code"] = 202

    @api.post(SURRENDER_PATH, **what)
    async def surrender(request: Request) -> Response:
        """Revoke credentials by showing them. The answer is the same whether they were real.

        They are looked at a few at a time, so that everybody else is answered in between.
        """
        found = (await read_json(request, FoundCredentials, BODY_LIMITS[SURRENDER_PATH])).credentials
        origin = caller_of(request.scope).origin
        steps = authority.client.surrender(found, origin)
        async with one_at_a_time:
            for _ in steps:
                await asyncio.sleep(0)
        return answer(Received(len(found)), 202, {"Cache-Control": "no-store"})
