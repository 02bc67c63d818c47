"""How a refusal looks on the wire, whoever says it: OpenAI's error envelope, and the challenge of RFC 6750."""

from __future__ import annotations

from math import ceil

import msgspec
from msgspec import Struct

from mock_api.core import errors
from mock_api.core.redaction import redact

REALM = "leaklab"
JSON = "application/json"


class ErrorDetail(Struct, frozen=True):
    """What was wrong, for a person (`message`) and for a program (`code`)."""

    message: str
    type: str
    param: str | None
    code: str | None


class Error(Struct, frozen=True):
    """OpenAI's error envelope: all four fields, always."""

    error: ErrorDetail


def envelope(refusal: errors.Refusal) -> bytes:
    """The body that says it."""
    return msgspec.json.encode(
        Error(ErrorDetail(redact(refusal.message), refusal.kind, refusal.param, refusal.code))
    )


def refusal_headers(refusal: errors.Refusal) -> dict[str, str]:
    """What the headers say besides, but for the challenge."""
    headers = {"Cache-Control": "no-store"}
    if refusal.should_retry is not None:
        headers["X-Should-Retry"] = "true" if refusal.should_retry else "false"
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(refusal.retry_after)))
    if isinstance(refusal, errors.TooLarge):
        headers["Connection"] = "close"  # The rest of the body is not read.
    return headers


def challenge(refusal: errors.Refusal, has_credential: bool) -> str | None:
    """`WWW-Authenticate` by RFC 6750 §3: no error code where no credential came."""
    if isinstance(refusal, errors.InsufficientScope):
        error = "insufficient_scope"
    elif not isinstance(refusal, errors.Unauthenticated):
        return None
    elif isinstance(refusal, errors.MissingToken) or not has_credential:
        return f'Bearer realm="{REALM}"'
    else:
        error = "invalid_token"
    return f'Bearer realm="{REALM}", error="{error}", error_description="{quotable(refusal.message)}"'


def quotable(text: str) -> str:
    """`text` in the characters that a quoted string of RFC 6750 may hold."""
    plain = redact(text).replace('"', "'").replace("`", "'").replace("\\", "/")
    return "".join(letter if " " <= letter <= "~" else "?" for letter in plain)
