"""The OpenAPI description, drawn from the structs that check requests and shape answers, and its page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mock_api.core import errors
from mock_api.http.envelope import Error, ErrorDetail

from .answers import POLL_AFTER
from .forms import RULES
from .refusals import TokenError

REFERENCE = "#/components/schemas/{name}"
INTRODUCTION = (
    "A laboratory's gated video API. It renders no video: outputs are containers without tracks that say so. "
    "`/v1` speaks OpenAI's video resource, `/oauth` buys access tokens with tester keys, `/admin` runs the "
    "programme and answers leaks. Every answer carries `X-Leaklab: simulation`."
)
EVERYWHERE: tuple[type[errors.Refusal], ...] = (errors.Invalid, errors.TooLarge, errors.Unavailable)

_components: dict[str, Any] = {}


def schema(kind: object) -> dict[str, Any]:
    """The JSON Schema of a type; structs become components of the description."""
    return dict(_schema(kind))


@cache
def _schema(kind: object) -> dict[str, Any]:
    (own,), components = msgspec.json.schema_components((kind,), ref_template=REFERENCE)
    for name, component in components.items():
        if _components.setdefault(name, component) != component:
            raise ValueError(f"two different structs are called {name}; the description can hold one")
    return own


def operation(
    summary: str,
    tag: str,
    answers: object,
    *,
    body: type[Struct] | None = None,
    refusals: Iterable[type[errors.Refusal]] = (),
    example: object = None,
) -> dict[str, Any]:
    """What to say about a route: arguments for FastAPI's decorators."""
    content: dict[str, Any] = {"schema": schema(answers)}
    if example is not None:
        content["example"] = _kept(example)
    extra: dict[str, Any] = {}
    if body is not None:
        required = any(field.required for field in msgspec.structs.fields(body))
        extra["requestBody"] = {
            "required": required, "content": {"application/json": {"schema": schema(body)}}
        }
    return {
        "summary": summary, "tags": [tag], "response_model": None, "response_class": Response,
        "responses": {
            200: {"description": "Done.", "content": {"application/json": content}}, **refused(refusals)
        },
        "openapi_extra": extra,
    }


def form(model: type[Struct], uploads: tuple[str, ...], example: dict[str, Any]) -> dict[str, Any]:
    """The request body of a route that takes a form as well as JSON; `uploads` may be files in the form."""
    as_json = schema(model)
    own = _components[model.__name__]
    files = {name: {"type": "string", "format": "binary"} for name in uploads}
    as_form = {"type": "object", "properties": {**own["properties"], **files}, "required": own["required"]}
    rules = RULES.get(model.__name__, {})
    return {"required": True, "content": {
        "application/json": {"schema": as_json, "example": example},
        "multipart/form-data": {"schema": {**as_form, **rules}},
    }}


def refused(kinds: Iterable[type[errors.Refusal]]) -> dict[int | str, dict[str, Any]]:
    """The refusals a route may give, by status, with an example for each code."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in chain(kinds, EVERYWHERE):
        said = by_status.setdefault(kind.status, {"description": "", "examples": {}})
        sentence = " ".join((kind.__doc__ or "").split())
        said["description"] = f"{said['description']} `{kind.code}`: {sentence}".strip()
        said["examples"][kind.code] = {
            "value": _kept(Error(ErrorDetail(sentence, kind.kind, None, kind.code)))
        }
    return {
        status: {"description": said["description"], "content": {
            "application/json": {"schema": schema(Error), "examples": said["examples"]}
        }} for status, said in sorted(by_status.items(), key=lambda item: str(item[0]))
    }


def token_errors() -> dict[int | str, dict[str, Any]]:
    """The refusals of the OAuth endpoints (RFC 6749 §5.2)."""
    words = {
        400: "invalid_request, invalid_grant, invalid_scope, invalid_target, unauthorized_client, "
        "unsupported_grant_type, invalid_dpop_proof or use_dpop_nonce",
        401: "invalid_client", 429: "temporarily_unavailable", 503: "temporarily_unavailable",
    }
    return {
        status: {"description": word, "content": {"application/json": {"schema": schema(TokenError)}}}
        for status, word in words.items()
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 description of `app`."""
    description = get_openapi(
        title="Leaklab API", version=app.version, routes=app.routes, description=INTRODUCTION
    )
    components = description.setdefault("components", {})
    components["schemas"] = {name: {**what, **RULES.get(name, {})} for name, what in _components.items()}
    components.setdefault("securitySchemes", {}).update(boundToken=BOUND_TOKEN, testerKey=TESTER_KEY)
    for name, path in description["paths"].items():
        for each in path.values():
            _correct(each)
            if name.startswith("/v1/"):
                each["responses"]["200"]["headers"].update(LIMITS)
            _add_proofs(each)
    return description


def _correct(described: dict[str, Any]) -> None:
    """Set right what FastAPI says of an operation, and add what it cannot know."""
    if "HTTPValidationError" in str(described["responses"].get("422")):
        del described["responses"]["422"]  # This API answers 400 in the envelope instead.
    for parameter in described.get("parameters", ()):
        choices = parameter["schema"].pop("anyOf", ())
        for kind in choices:
            if kind != {"type": "null"}:  # No null can be written into a URL or a header.
                parameter["schema"].update(kind)
    for answer in described["responses"].values():
        answer["headers"] = {**HEADERS, **answer.get("headers", {})}
        _restore_examples(answer.get("content", {}))


def _add_proofs(described: dict[str, Any]) -> None:
    """Say where a proof of possession may or must come along (RFC 9449)."""
    security = described.get("security", [])
    if {"accessToken": []} in security:
        security.append({"boundToken": []})
        described["responses"].get("401", {}).get("headers", {}).update(NONCE)
    elif {"testerKey": []} not in security:
        return
    described.setdefault("parameters", []).append(PROOF)


BOUND_TOKEN = {
    "type": "http", "scheme": "DPoP",
    "description": "An access token that was bought with a `DPoP` proof, and a fresh proof with each request.",
}
TESTER_KEY = {"type": "http", "scheme": "basic", "description": "The tester's id, and the tester key as password."}
PROOF = {
    "name": "DPoP", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "A proof of possession of a key (RFC 9449), where the policy binds tokens to keys.",
}
NONCE = {"DPoP-Nonce": {
    "schema": {"type": "string"}, "description": "The nonce for the next proof, if the code is `use_dpop_nonce`."
}}
HEADERS = {
    "X-Request-Id": {"schema": {"type": "string"}, "description": "Names this exchange in the log."},
    "X-Leaklab": {"schema": {"type": "string", "const": "simulation"}, "description": "Nothing is real."},
}
LIMITS = {
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "The tester's rate: `\"requests\";q=600;w=60`."},
    "RateLimit": {"schema": {"type": "string"}, "description": "What is left of it: `\"requests\";r=599;t=60`."},
}
POLL_HEADER = {POLL_AFTER: {
    "schema": {"type": "integer", "minimum": 1}, "description": "Milliseconds to wait before asking again."
}}


PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
}


def _kept(example: object) -> str:
    """An example as JSON text, because FastAPI drops nulls from what it copies; `describe` turns it back."""
    return msgspec.json.encode(example).decode()


def _restore_examples(content: dict[str, Any]) -> None:
    for media in content.values():
        if "example" in media:
            media["example"] = msgspec.json.decode(media["example"])
        for each in media.get("examples", {}).values():
            each["value"] = msgspec.json.decode(each["value"])


def serve_documents(api: FastAPI) -> None:
    """`/docs` and `/openapi.json`; the page needs nothing but this server."""
    page = files("mock_api.web").joinpath("docs.html").read_text("utf-8")

    @api.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> Response:
        return Response(msgspec.json.encode(request.app.openapi()), media_type="application/json")

    @api.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(page, headers=PAGE_HEADERS)
