"""Status lists over HTTP (Token Status List §8, §9): anybody may fetch them and keep them for a while."""

from __future__ import annotations

import gzip
from typing import Annotated

from fastapi import FastAPI, Header, Query
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.status_lists import SignedList
from mock_api.journal import JournalPort

from .answers import answer
from .documents import operation

MEDIA_TYPE = "application/statuslist+jwt"
OPEN = {"Access-Control-Allow-Origin": "*"}  # A list tells nothing to one that it does not tell to all.

Time = Annotated[int | None, Query(description="An instant in the past (epoch seconds); history is not kept.")]
Known = Annotated[str | None, Header(description="The `ETag` of what is already known.")]


class StatusListAggregation(Struct, frozen=True):
    """The addresses of all status lists that some token needs (§9)."""

    status_lists: list[str]


def serve_status_lists(api: FastAPI, authority: Authority, journal: JournalPort) -> None:
    """Add the status lists and where to find them."""
    zipped: dict[int, tuple[str, bytes]] = {}
    what = operation("Find the status lists", "public", StatusListAggregation)
    what["responses"] = {200: what["responses"][200]}

    @api.get("/status-lists", **what)
    async def aggregation() -> Response:
        """The addresses of the status lists, oldest first."""
        uris = authority.status_lists.uris(authority.settle())
        await journal.flushed()
        return answer(StatusListAggregation(uris), headers={**OPEN, "Cache-Control": "max-age=60"})

    what = operation("Read a status list", "public", str, refusals=(errors.NotFound, errors.HistoryNotKept))
    what["responses"][200]["content"] = {MEDIA_TYPE: {"schema": {"type": "string"}}}
    what["responses"][304] = {"description": "It still is the one that is known."}

    @api.get("/status-lists/{number}", **what)
    async def status_list(
        request: Request, number: int, time: Time = None, if_none_match: Known = None
    ) -> Response:
        """One list, as a signed `statuslist+jwt`; good for its `ttl`, whatever a cache says."""
        if time is not None:
            raise errors.HistoryNotKept("Only the list as it stands can be had.", param="time")
        signed = authority.status_lists.signed(number, authority.settle())
        await journal.flushed()  # What a list says must not be taken back by a crash.
        headers = _headers(number, signed)
        if if_none_match == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(signed.token, headers=headers, media_type=MEDIA_TYPE)
        if zipped.get(number, ("",))[0] != signed.token:
            zipped[number] = signed.token, gzip.compress(signed.token.encode(), mtime=0)
        return Response(
            zipped[number][1], headers={**headers, "Content-Encoding": "gzip"}, media_type=MEDIA_TYPE
        )


def _headers(number: int, signed: SignedList) -> dict[str, str]:
    # What is signed at another instant, or says something else, ends differently.
    tag = f'"{number}-{signed.token[-22:]}"'
    return {**OPEN, "Cache-Control": f"max-age={int(signed.max_age)}", "ETag": tag, "Vary": "Accept-Encoding"}
