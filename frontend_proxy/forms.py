"""Reading the form: whatever was posted becomes an order or one clear sentence."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from .core.orders import ClipOrder

MOST_FIELDS = 16


async def read_order(request: Request, limit: int) -> ClipOrder:
    """The order in a posted form of at most `limit` bytes; raises HTTPException 400 or 413."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0, max_part_size=limit)
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    return ClipOrder(
        prompt=_clean(fields.get("prompt", "")),
        seconds=_clean(fields.get("seconds", "10")),
        size=_clean(fields.get("size", "640x360")),
        style=_clean(fields.get("style", "")) or None,
    )


def check_origin(request: Request, public_url: str | None) -> None:
    """Raise HTTPException 403 if a browser says that another site posted this."""
    said = request.headers.get("origin") or request.headers.get("referer")
    fetch_site = request.headers.get("sec-fetch-site", "same-origin")
    ours = {request.headers.get("host", "")}
    if public_url:
        ours.add(urlsplit(public_url).netloc)
    if fetch_site not in ("same-origin", "none") or (said is not None and _netloc(said) not in ours):
        raise HTTPException(403, "This form was sent from another site. Please use the form on this page.")


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _clean(text: str) -> str:
    """One line of printable text: no control characters, no halves of surrogate pairs."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())
