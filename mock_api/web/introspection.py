"""`POST /oauth/introspect` (RFC 7662), which gates call once a request: like `lean`, without a detour.

It stands in the OpenAPI like any other, but speaks ASGI itself. Gates and the operator show their key as bearer and
may ask about every token; a client shows its tester key and is told of its own.
"""

from __future__ import annotations

import msgspec
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_api.core.authority import Authority
from mock_api.core.doors.client import IntrospectionResponse
from mock_api.core.errors import Invalid, TooLarge
from mock_api.http.knock import GATE, bearer

from .documents import operation, token_errors
from .oauth import BY_TESTER_KEY, question_body
from .refusals import INTROSPECTION_PATH
from .token_requests import FORM, LIMIT, TokenQuestion, client_or_staff, converted, parsed

SIGNED = "application/token-introspection+jwt"  # of RFC 9701 §5

_encode = msgspec.json.Encoder().encode
_PLAIN = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"pragma", b"no-cache")]
_JWT = [(b"content-type", SIGNED.encode()), *_PLAIN[1:]]


class Introspect:
    """The route as an ASGI application."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._introspect = authority.client.introspect
        self._is_gate_key = authority.operator.is_gate_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what there is to say of the token."""
        authorization = media = accept = gate = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = authorization + b"," + value if authorization else value
            elif name == b"content-type":
                media = value
            elif name == b"accept":
                accept = value
            elif name == GATE:
                gate = value
        asked = _question(media, await _body(receive))
        key = bearer(authorization)
        if key is not None and self._is_gate_key(key):
            applicant, whose = None, gate.decode("latin-1") or "gates"
        else:
            applicant, whose = client_or_staff(scope, self._authority, asked)
        if SIGNED.encode() in accept:
            headers, body = _JWT, self._authority.client.introspect_signed(asked.token, whose, applicant).encode()
        else:
            headers, body = _PLAIN, _encode(self._introspect(asked.token, applicant))
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body})


def serve_introspection(api: FastAPI, authority: Authority) -> None:
    """Add the route."""
    what = operation("Ask about a token", "oauth", IntrospectionResponse, example=IntrospectionResponse(False))
    what["responses"] = {200: what["responses"][200], **token_errors()}
    what["responses"][200]["content"][SIGNED] = {"schema": {"type": "string"}}
    what["openapi_extra"] = question_body([*BY_TESTER_KEY, {"operatorKey": []}, {"gateKey": []}])

    @api.post(INTROSPECTION_PATH, **what)
    async def introspect() -> Response:
        """Whether a token is in force, and what it says; of any other, nothing but that it is not active."""
        raise AssertionError  # Never called: the route below speaks for itself.

    route = api.router.routes[-1]
    assert isinstance(route, APIRoute)  # noqa: S101 - just added.
    route.app = Introspect(authority)


async def _body(receive: Receive) -> bytes:
    """The body; raises TooLarge without reading it to its end."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LIMIT:
            raise TooLarge(f"a request may have at most {LIMIT} bytes")
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return body


def _question(media: bytes, body: bytes) -> TokenQuestion:
    """What is asked; the form of a gate, which holds nothing that needs decoding, is read by hand."""
    if media.partition(b";")[0].strip().lower() != FORM.encode():
        raise Invalid(f"send the parameters as {FORM}")
    token, hint, rest = body.partition(b"&token_type_hint=access_token")
    if hint and not rest and token.startswith(b"token=") and not any(mark in token for mark in (b"&", b"%", b"+")):
        if len(token) > LIMIT or len(token) == 6:
            return converted(parsed(token), TokenQuestion)
        return TokenQuestion(token=token[6:].decode("latin-1"))
    return converted(parsed(body), TokenQuestion)
