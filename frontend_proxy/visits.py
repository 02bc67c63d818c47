"""Who is asking: a visitor is found again by a random id in a cookie, and by nothing else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from .core.desk import Desk

COOKIE = "visitor"
COOKIE_LIFETIME = 30 * 86_400  # seconds


def visitor_of(request: Request, desk: Desk) -> str | None:
    """The visitor the cookie names, if the desk remembers them: an id that was made up names nobody."""
    visitor_id = request.cookies.get(COOKIE)
    return visitor_id if visitor_id is not None and desk.knows(visitor_id) else None


def welcome(request: Request, desk: Desk, via: str | None = None) -> str:
    """The visitor who asks, entered as an arrival (perhaps by clip `via`'s share link) if they are new."""
    visitor_id = visitor_of(request, desk)
    if visitor_id is None:
        visitor_id = desk.ids.new("visitor")
        desk.arrive(visitor_id, via)
    desk.seen(visitor_id)
    return visitor_id


def remember(response: Response, visitor_id: str, *, secure: bool) -> None:
    """Hand the visitor their id."""
    response.set_cookie(
        COOKIE, visitor_id, max_age=COOKIE_LIFETIME, httponly=True, samesite="lax", secure=secure, path="/"
    )
