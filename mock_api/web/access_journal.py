"""The access journal: who was let in or refused, with which token, from where. A view of the event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from fastapi import Depends, FastAPI, Query
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.events import RequestAdmitted, RequestRefused, TokenDenied, TokenIssued
from mock_api.journal import JournalPort

from .answers import answer
from .callers import operator_only
from .documents import operation
from .records import Start

LOOKED_AT = 200_000  # events one request looks through before it hands back where to look on
TOKEN_ACTION = "oauth.token"  # noqa: S105 - the name of an action.

_MARKS = (b'{"type":"Request', b'{"type":"TokenIssued"', b'{"type":"TokenDenied"')
_decode = msgspec.json.Decoder(RequestAdmitted | RequestRefused | TokenIssued | TokenDenied).decode


class Access(Struct, frozen=True):
    """One knock at the door. `code` is the refusal's, None where it was let in."""

    position: int
    at: float
    outcome: Literal["admitted", "refused"]
    action: str
    jti: str | None
    tester_id: str | None
    origin: str
    code: str | None


class AccessPage(Struct, frozen=True):
    """Accesses that match; look on with `after=next` while `has_more`, also after an empty page."""

    data: list[Access]
    next: int
    has_more: bool
    object: str = "list"


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for; None means anything. `origin` is a part of the origin, instants are epoch seconds."""

    outcome: Literal["admitted", "refused"] | None = None
    jti: str | None = None
    tester_id: str | None = None
    action: str | None = None
    code: str | None = None
    origin: str | None = None
    since: float | None = None
    until: float | None = None

    def matches(self, access: Access) -> bool:
        """Whether all that is named is found."""
        return (
            self.outcome in (None, access.outcome)
            and self.jti in (None, access.jti)
            and self.tester_id in (None, access.tester_id)
            and self.action in (None, access.action)
            and self.code in (None, access.code)
            and (self.origin is None or self.origin in access.origin)
            and (self.since is None or access.at >= self.since)
            and (self.until is None or access.at <= self.until)
        )


def serve_access_journal(api: FastAPI, authority: Authority, journal: JournalPort) -> None:
    """Add the access journal."""
    what = operation(
        "Search the access journal", "operator", AccessPage, refusals=(errors.OperatorKeyInvalid,)
    )

    @api.get("/admin/journal", dependencies=operator_only(authority), **what)
    async def search(
        sought: Annotated[Sought, Depends()],
        after: Start,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        """Who was let in or refused, oldest first."""
        await journal.flushed()
        return answer(await run_in_threadpool(_page, journal, sought, after, limit))


def _page(journal: JournalPort, sought: Sought, after: int, limit: int) -> AccessPage:
    found: list[Access] = []
    position = after
    for looked_at, (position, line) in enumerate(journal.lines(after, since=sought.since), 1):
        if line.startswith(_MARKS):
            access = _access(position, line)
            found += [access] if sought.matches(access) else []
        if len(found) == limit or looked_at == LOOKED_AT:
            return AccessPage(found, position, position < journal.position)
    return AccessPage(found, position, False)


def _access(position: int, line: bytes) -> Access:
    """The access that an event tells of."""
    event = _decode(line)
    at, origin = event.at, event.origin
    match event:
        case RequestAdmitted(jti=jti, tester_id=tester_id, action=action):
            return Access(position, at, "admitted", action, jti, tester_id, origin, None)
        case RequestRefused(jti=jti, tester_id=tester_id, action=action, code=code):
            return Access(position, at, "refused", action, jti, tester_id, origin, code)
        case TokenIssued(jti=jti, tester_id=tester_id):
            return Access(position, at, "admitted", TOKEN_ACTION, jti, tester_id, origin, None)
        case TokenDenied():
            pass
    return Access(position, at, "refused", TOKEN_ACTION, None, None, origin, event.code)
