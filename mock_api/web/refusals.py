"""How the API says no on the wire: OpenAI's error envelope, or RFC 6749 §5.2 under `/oauth/`.

* refusals that only exist on a wire
  - RouteUnknown         404 not_found
  - MethodNotAllowed     405 method_not_allowed
  - UnsupportedMedia     415 unsupported_media_type
  - InternalError        500 internal_error            (`mock_api.http.envelope`)
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from fastapi.exceptions import RequestValidationError
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.http.envelope import JSON, REALM, challenge, envelope, quotable, refusal_headers

OAUTH = "/oauth/"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a secret.
REVOCATION_PATH, INTROSPECTION_PATH = "/oauth/revoke", "/oauth/introspect"
OWN_WORDS = (  # Their code is the error word of RFC 6749 §5.2, RFC 8693 §2.2.2 or RFC 9449 §5.
    errors.UnsupportedGrant, errors.InvalidScope, errors.InvalidGrant, errors.InvalidTarget, errors.ProofNonceNeeded,
)


class RouteUnknown(errors.NotFound):
    """There is no such path."""


class MethodNotAllowed(errors.Refusal):
    """The path does not know this method; `Allow` says which it knows."""

    status = 405
    code = "method_not_allowed"


class UnsupportedMedia(errors.Refusal):
    """The body is in a format that is not read here."""

    status = 415
    code = "unsupported_media_type"


class TokenError(Struct, frozen=True):
    """The error of the OAuth endpoints (RFC 6749 §5.2); `code` is the API's own word for it."""

    error: str
    error_description: str
    code: str


def refusal_answer(
    request: Request, refusal: errors.Refusal, headers: Iterable[tuple[str, str]] = ()
) -> Response:
    """The answer for a refusal, in the form its path speaks."""
    request.scope["refusal"] = refusal.code  # Access log and metrics name it.
    all_headers = {**refusal_headers(refusal), **dict(headers)}
    if request.scope["path"].startswith(OAUTH) and refusal.status not in {404, 405}:
        return _token_error(request, refusal, all_headers)
    wants = challenge(refusal, request.headers.get("authorization"), _takes_proofs(request))
    if wants is not None:
        all_headers["WWW-Authenticate"] = wants
    return Response(envelope(refusal), refusal.status, all_headers, JSON)


async def on_refusal(request: Request, refusal: Exception) -> Response:
    """Answer what the core refused."""
    assert isinstance(refusal, errors.Refusal)  # noqa: S101 - registered for refusals alone.
    return refusal_answer(request, refusal)


async def on_invalid(request: Request, invalid: Exception) -> Response:
    """Answer a path or query parameter of the wrong kind."""
    assert isinstance(invalid, RequestValidationError)  # noqa: S101 - registered for these alone.
    first = invalid.errors()[0]
    param = str(first["loc"][-1])
    return refusal_answer(request, errors.Invalid(f"`{param}`: {first['msg']}.", param=param))


async def on_http_exception(request: Request, exception: Exception) -> Response:
    """Answer what the framework refused: unknown paths and methods, forms that cannot be read."""
    assert isinstance(exception, HTTPException)  # noqa: S101 - registered for these alone.
    if exception.status_code == 404:
        return refusal_answer(request, RouteUnknown("There is nothing at this path."))
    if exception.status_code == 405:
        allowed = ", ".join(_methods_of(request))
        refusal = MethodNotAllowed(f"This path knows {allowed} only.")
        return refusal_answer(request, refusal, [("Allow", allowed)])
    return refusal_answer(request, errors.Invalid(exception.detail))


def _methods_of(request: Request) -> list[str]:
    """All methods of all routes that match the path: the framework knows those of one route alone."""
    scope = {**request.scope, "method": "-"}
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(scope)[0].value:
            methods |= route.methods or set()
    return sorted(methods)


def _takes_proofs(request: Request) -> bool:
    takes_proofs = getattr(request.app.state, "takes_proofs", None)
    return takes_proofs is not None and takes_proofs()


def _token_error(request: Request, refusal: errors.Refusal, headers: dict[str, str]) -> Response:
    status, error = _token_error_word(refusal)
    if status == 401:
        tried_bearer = request.headers.get("authorization", "")[:7].lower() == "bearer "
        is_staff = tried_bearer and request.scope["path"] != TOKEN_PATH
        headers["WWW-Authenticate"] = f'{"Bearer" if is_staff else "Basic"} realm="{REALM}"'
    body = TokenError(error, quotable(refusal.message), refusal.code)
    return Response(msgspec.json.encode(body), status, {**headers, "Pragma": "no-cache"}, JSON)


def _token_error_word(refusal: errors.Refusal) -> tuple[int, str]:
    """Status and error word of RFC 6749 §5.2 for a refusal."""
    if isinstance(refusal, errors.ClientInvalid):
        return 401, "invalid_client"
    if isinstance(refusal, errors.ProofInvalid):
        return 400, errors.ProofInvalid.code
    if isinstance(refusal, OWN_WORDS):
        return 400, refusal.code
    if isinstance(refusal, errors.Forbidden):
        return 400, "unauthorized_client"
    if refusal.status in {429, 503}:
        return refusal.status, "temporarily_unavailable"
    return (500, "server_error") if refusal.status >= 500 else (400, "invalid_request")
