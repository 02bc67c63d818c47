"""Who knocks: the bearer credential, and what can be seen of address and client."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Query, Security, params
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.types import Scope

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.gate import Caller
from mock_api.core.redaction import NAME_LIMIT, redact

By = Annotated[str, Query(
    description="Who does it.", min_length=1, max_length=NAME_LIMIT, json_schema_extra={"format": "one-line"}
)]
PRODUCT_LONGEST = 64  # characters kept of the client's name

# Only for the OpenAPI: the gate decides, and says no in the API's own envelope.
ACCESS_TOKEN = HTTPBearer(
    auto_error=False, scheme_name="accessToken", bearerFormat="at+jwt",
    description="An access token from `/oauth/token`.",
)
OPERATOR_KEY = HTTPBearer(
    auto_error=False, scheme_name="operatorKey", description="The operator key, shown once at first start."
)


def caller_of(scope: Scope) -> Caller:
    """Bearer and origin of a request; raises Invalid for more than one credential (RFC 6750 §3.1)."""
    authorization = agent = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            if authorization is not None:
                raise errors.Invalid("Send one Authorization header, not several.", param="Authorization")
            authorization = value
        elif name == b"user-agent":
            agent = value
    client = scope["client"]
    return Caller(_bearer(authorization), _origin(client[0] if client else "-", agent))


def operator_only(authority: Authority) -> list[params.Depends]:
    """Dependencies that let the holder of the operator key alone pass; others get OperatorKeyInvalid.

    A query parameter that the route does not know is refused: a `dry_run` with a typing error must not revoke.
    """

    async def check(request: Request) -> None:
        bearer = caller_of(request.scope).bearer
        if bearer is None or not authority.operator.is_operator_key(bearer):
            raise errors.OperatorKeyInvalid("This request needs the operator key as bearer.")
        _check_query(request)

    return [Security(OPERATOR_KEY), Depends(check)]


def _check_query(request: Request) -> None:
    if not request.url.query:
        return
    known = list(_query_names(request.scope["route"].dependant))
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            knows = f"known are {', '.join(known)}" if known else "there are none here"
            raise errors.Invalid(f"Unknown query parameter; {knows}.", param=redact(name)[:NAME_LIMIT])
        if given.count(name) > 1:
            raise errors.Invalid(f"The query parameter `{name}` is given twice.", param=name)


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for each in dependant.dependencies:
        yield from _query_names(each)


def _bearer(authorization: bytes | None) -> str | None:
    if authorization is None or authorization[:7].lower() != b"bearer ":
        return None
    return authorization[7:].decode("latin-1") or None  # `Bearer $TOKEN` where there is no TOKEN.


@lru_cache(maxsize=4096)
def _origin(host: str, agent: bytes | None) -> str:
    words = (agent or b"").decode("latin-1").split(None, 1)
    product = "".join(letter for letter in words[0] if letter.isprintable()) if words else ""
    return f"{host} {product[:PRODUCT_LONGEST] or '-'}"
