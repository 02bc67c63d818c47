"""The token endpoint: `client_credentials` with a tester key (RFC 6749 §4.4)."""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import parse_qsl, unquote_plus

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core.authority import Authority
from mock_api.core.doors.public import TokenGrant
from mock_api.core.errors import ClientInvalid, Invalid, TooLarge, UnsupportedGrant

from .answers import answer
from .callers import caller_of, presented_by
from .documents import operation, token_errors
from .refusals import TOKEN_PATH

LIMIT = 16 * 1024  # bytes of a token request

REQUEST_BODY = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": {
    "type": "object",
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "`videos.read`, `videos.write` or both, by one space."},
        "client_id": {"type": "string", "description": "The tester's id, unless HTTP Basic carries it."},
        "client_secret": {"type": "string", "description": "The tester key, unless HTTP Basic carries it."},
    },
    "required": ["grant_type"], "additionalProperties": {"type": "string"},
}}}}


def serve_oauth(api: FastAPI, authority: Authority) -> None:
    """Add the token endpoint."""
    what = operation(
        "Buy an access token", "oauth", TokenGrant,
        example=TokenGrant("eyJ…", 3600, "videos.read videos.write"),
    )
    what["responses"] = {200: what["responses"][200], **token_errors()}
    what["openapi_extra"] = {
        "requestBody": REQUEST_BODY, "security": [{"testerKey": []}, {}],
    }

    @api.post(TOKEN_PATH, **what)
    async def issue_access_token(request: Request) -> Response:
        """Give an access token for a tester key, which comes by HTTP Basic or in the form."""
        form = await _form(request)
        client_id, client_secret = _credentials(request, form)
        if "grant_type" not in form:
            raise Invalid("grant_type is missing", param="grant_type")
        if form["grant_type"] != "client_credentials":
            raise UnsupportedGrant("only client_credentials is spoken here", param="grant_type")
        origin = caller_of(request.scope).origin
        presented = presented_by(request.scope)
        grant = authority.public.issue_access_token(client_id, client_secret, form.get("scope"), origin, presented)
        return answer(grant, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


async def _form(request: Request) -> dict[str, str]:
    """The parameters of the body: one without a value counts as left out, a repeat is refused (§3.2)."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        raise Invalid("send the parameters as application/x-www-form-urlencoded")
    if "client_secret" in request.query_params:
        raise Invalid("credentials do not belong into the URL")
    body = await request.body()
    if len(body) > LIMIT:
        raise TooLarge(f"a token request may have at most {LIMIT} bytes")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise Invalid("the form cannot be read") from None
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Invalid("a parameter is repeated")
    return {name: value for name, value in pairs if value}


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Client id and secret from the one place that has them (§2.3.1)."""
    authorization = request.headers.getlist("authorization")
    if len(authorization) > 1 or (authorization and "client_secret" in form):
        raise Invalid("the client authenticates in more than one way")
    if authorization:
        return _basic(authorization[0])
    if "client_id" not in form or "client_secret" not in form:
        raise ClientInvalid("client_id and client_secret are needed, by HTTP Basic or in the form")
    return form["client_id"], form["client_secret"]


def _basic(authorization: str) -> tuple[str, str]:
    """Id and secret of HTTP Basic: form-encoded first, then joined, then base64 (§2.3.1, RFC 7617)."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError(scheme)
        pair = b64decode(credentials.strip(), validate=True).decode()
        client_id, colon, client_secret = pair.partition(":")
        if not colon:
            raise ValueError("no colon")
        return unquote_plus(client_id, errors="strict"), unquote_plus(client_secret, errors="strict")
    except ValueError:
        raise ClientInvalid("the Authorization header is not HTTP Basic that can be read") from None
