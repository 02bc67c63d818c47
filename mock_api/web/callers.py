"""Who knocks: the bearer credential, and what can be seen of address and client."""

from __future__ import annotations

import re
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
from mock_api.core.dpop import Presented
from mock_api.core.gate import Caller
from mock_api.core.redaction import NAME_LIMIT, redact
from mock_api.http.knock import Knock, bearer, knock_of
from mock_api.http.possession import presented_in, proven_token

By = Annotated[str, Query(
    description="Who does it.", min_length=1, max_length=NAME_LIMIT, json_schema_extra={"format": "one-line"}
)]

_GATE_NAME = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)

# Only for the OpenAPI: the gate decides, and says no in the API's own envelope.
ACCESS_TOKEN = HTTPBearer(
    auto_error=False, scheme_name="accessToken", bearerFormat="at+jwt",
    description="An access token from `/oauth/token`.",
)
OPERATOR_KEY = HTTPBearer(
    auto_error=False, scheme_name="operatorKey", description="The operator key, shown once at first start."
)

GATE_KEY = HTTPBearer(
    auto_error=False, scheme_name="gateKey", description="The gate key, which `credentials.json` holds."
)


def caller_of(scope: Scope) -> Caller:
    """Bearer, origin and gate of a request; raises Invalid for more than one credential (RFC 6750 §3.1).

    What comes with a gate key came through a gate in front; raises GateKeyInvalid if the key is not ours.
    """
    knock = knock_of(scope)
    origin, name = knock.origin, None
    if knock.gate_key is not None:  # Without it, whatever is said of gates, nobody has to believe it.
        _check_gate_key(scope, knock.gate_key)
        name = _gate_name(knock.gate or b"")
        origin = knock.gate_origin.decode("utf-8", "replace") if knock.gate_origin else origin  # As gates write it.
    token, presented = bearer(knock.authorization), None
    if token is None and (token := proven_token(knock.authorization)) is not None:
        presented = presented_in(scope, _public_url(scope, knock))
    return Caller(token, origin, name, presented)


def presented_by(scope: Scope) -> Presented:
    """How a request for a token shows possession of a key; raises Invalid or GateKeyInvalid."""
    knock = knock_of(scope)
    if knock.gate_key is not None:
        _check_gate_key(scope, knock.gate_key)
    return presented_in(scope, _public_url(scope, knock))


def _check_gate_key(scope: Scope, key: bytes) -> None:
    if not scope["app"].state.is_gate_key(key.decode("latin-1")):
        raise errors.GateKeyInvalid("This is not the gate key of this range.")


def _public_url(scope: Scope, knock: Knock) -> str:
    """Where the sender believes to be: our own address, or that of a gate which has shown the gate key."""
    if knock.gate_key is not None and knock.gate_url:
        return knock.gate_url.decode("latin-1")
    return str(scope["app"].state.public_url)


def operator_only(authority: Authority) -> list[params.Depends]:
    """Dependencies that let the holder of the operator key alone pass; others get OperatorKeyInvalid.

    A query parameter that the route does not know is refused: a `dry_run` with a typing error must not revoke.
    """

    async def check(request: Request) -> None:
        key = _key(request)
        if key is None or not authority.operator.is_operator_key(key):
            raise errors.OperatorKeyInvalid("This request needs the operator key as bearer.")
        _check_query(request)

    return [Security(OPERATOR_KEY), Depends(check)]


def gates_only(authority: Authority) -> list[params.Depends]:
    """Dependencies that let the holder of the gate key alone pass; others get GateKeyInvalid."""

    async def check(request: Request) -> None:
        key = _key(request)
        if key is None or not authority.operator.is_gate_key(key):
            raise errors.GateKeyInvalid("This request needs the gate key as bearer.")
        _check_query(request)

    return [Security(GATE_KEY), Depends(check)]


def _key(request: Request) -> str | None:
    """A key is its own proof: it comes as bearer or not at all."""
    caller = caller_of(request.scope)
    return caller.bearer if caller.presented is None else None


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


@lru_cache(maxsize=256)
def _gate_name(raw: bytes) -> str:
    name = raw.decode("latin-1")
    if _GATE_NAME.fullmatch(name) is None:
        raise errors.Invalid("A gate's name is 1 to 40 of the characters a-z, 0-9 and `-`.", param="X-Leaklab-Gate")
    return name
