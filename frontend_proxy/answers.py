"""Reading the API's answers: what somebody else wrote is cut to size before anything is done with it."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

import httpx2

from .upstream_errors import UpstreamRefusal, UpstreamSilent

WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
MEDIA_TYPES = frozenset({"video/mp4", "image/webp", "image/png", "image/jpeg"})
LONGEST_JSON = 1024 * 1024


def read_object(response: httpx2.Response) -> dict[str, Any]:
    """The JSON object of a successful answer; raises UpstreamRefusal or UpstreamSilent."""
    if response.is_success:
        body = _json(response)
        if isinstance(body, dict):
            return body
        raise UpstreamSilent("The API's answer is not a JSON object.")
    raise refusal_of(response)


def refusal_of(response: httpx2.Response) -> UpstreamRefusal:
    """What an unsuccessful answer says: the code of the OpenAI envelope, or of an OAuth error, else its word."""
    body = _json(response)
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else _oauth_code(body, error)
    status = response.status_code
    return UpstreamRefusal(status, word(code, f"http_{status}"), _retry_after(response))


def word(value: object, otherwise: str) -> str:
    """`value` if it is a short word fit for a metric label, else `otherwise`."""
    return value if isinstance(value, str) and WORD.match(value) else otherwise


def name(value: object) -> str:
    """`value` if it is a name fit for a path; raises UpstreamSilent."""
    if isinstance(value, str) and NAME.match(value):
        return value
    raise UpstreamSilent("The API's answer names no video.")


def media_type(response: httpx2.Response) -> str:
    """The type of a download if it is one a page may serve; anything else is bytes and nothing more."""
    claimed: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return claimed if claimed in MEDIA_TYPES else "application/octet-stream"


def _oauth_code(body: Any, error: object) -> object:
    """The API's own word beside the one RFC 6749 §5.2 prescribes, which says less."""
    return body.get("code", error) if isinstance(body, dict) else error


def _json(response: httpx2.Response) -> Any:
    if len(response.content) > LONGEST_JSON:
        return None
    try:
        return response.json()
    except ValueError:
        return None


def _retry_after(response: httpx2.Response) -> float | None:
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
