"""What comes to the OAuth endpoints: parameters in a form (RFC 6749 §3.2), and who sends them (§2.3)."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, unquote_plus

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.types import Scope

from mock_api.core.authority import Authority
from mock_api.core.errors import ClientInvalid, Invalid, TooLarge, UnsupportedGrant
from mock_api.core.issuance import Applicant
from mock_api.core.token_exchange import ACCESS, JWT, REFRESH, TESTER_KEY
from mock_api.http.knock import bearer

from .bodies import read_json
from .callers import caller_of, presented_by

LIMIT = 16 * 1024  # bytes of a request
FORM = "application/x-www-form-urlencoded"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def _one_of(*choices: str) -> Meta:
    return Meta(min_length=1, extra_json_schema={"enum": list(choices)})


Word = Annotated[str, Meta(min_length=1)]
Optional = Annotated[str, Meta(min_length=1)] | UnsetType
Model = TypeVar("Model", bound=Struct)


class Credentials(Struct, kw_only=True):
    """The client's own, unless HTTP Basic carries them: the tester's id and the tester key."""

    client_id: Optional = UNSET
    client_secret: Optional = UNSET


class KeyGrant(Credentials, kw_only=True, tag_field="grant_type", tag="client_credentials"):
    """An access token for a tester key. `scope`: `videos.read`, `videos.write` or both, by one space."""

    scope: Optional = UNSET


class RefreshGrant(Credentials, kw_only=True, tag_field="grant_type", tag="refresh_token"):
    """A new pair for a refresh token, which is spent with it; `scope` may ask for less."""

    refresh_token: Word
    scope: Optional = UNSET


class ExchangeGrant(Credentials, kw_only=True, tag_field="grant_type", tag=EXCHANGE):
    """A token for a tester key or for an access token (RFC 8693); the last two are what OpenAI's clients say."""

    subject_token: Word
    subject_token_type: Annotated[str, _one_of(TESTER_KEY, ACCESS, JWT)]
    requested_token_type: Annotated[str, _one_of(ACCESS, JWT, REFRESH)] | UnsetType = UNSET
    scope: Optional = UNSET
    resource: Optional = UNSET
    audience: Optional = UNSET
    actor_token: Optional = UNSET
    actor_token_type: Optional = UNSET
    identity_provider_id: Optional = UNSET
    service_account_id: Optional = UNSET


class TokenQuestion(Credentials, kw_only=True):
    """Which token; the hint may be wrong (RFC 7009 §2.1, RFC 7662 §2.1)."""

    token: Word
    token_type_hint: Optional = UNSET


Grant = KeyGrant | RefreshGrant | ExchangeGrant
GRANTS: dict[str, type[KeyGrant] | type[RefreshGrant] | type[ExchangeGrant]] = {
    "client_credentials": KeyGrant, "refresh_token": RefreshGrant, EXCHANGE: ExchangeGrant,
}


async def read_grant(request: Request) -> Grant:
    """What is asked of the token endpoint: a form, or JSON for an exchange, as OpenAI's clients send it."""
    if "client_secret" in request.query_params:
        raise Invalid("credentials do not belong into the URL")
    if _media(request) == "application/json":
        return await read_json(request, ExchangeGrant, LIMIT)
    form = await read_form(request)
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise Invalid("grant_type is missing", param="grant_type")
    if grant_type not in GRANTS:
        raise UnsupportedGrant(f"grant_type may be {', '.join(GRANTS)}", param="grant_type")
    return converted(form, GRANTS[grant_type])


async def read_form(request: Request) -> dict[str, str]:
    """The parameters of the body: one without a value counts as left out, a repeat is refused (§3.2)."""
    if _media(request) != FORM:
        raise Invalid(f"send the parameters as {FORM}")
    return parsed(await request.body())


def parsed(body: bytes) -> dict[str, str]:
    """The parameters of a form; raises Invalid or TooLarge."""
    if len(body) > LIMIT:
        raise TooLarge(f"a request may have at most {LIMIT} bytes")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise Invalid("the form cannot be read") from None
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Invalid("a parameter is repeated")
    return {name: value for name, value in pairs if value}


def converted(form: dict[str, str], model: type[Model]) -> Model:
    """The parameters as a `model`; raises Invalid for one that is missing."""
    try:
        return msgspec.convert(form, model)
    except msgspec.ValidationError:
        missing = [field.name for field in msgspec.structs.fields(model) if field.required and field.name not in form]
        raise Invalid(f"{', '.join(missing)} is missing", param=missing[0]) from None


def applicant_of(request: Request, sent: Credentials) -> Applicant:
    """Who asks, with the proof of possession that came along: id and secret from the one place that has them.

    Neither need be there: whoever demands them raises ClientInvalid. Raises Invalid where they come in two ways.
    """
    client_id, client_secret = _credentials(request.headers.getlist("authorization"), sent)
    return Applicant(client_id, client_secret, caller_of(request.scope).origin, presented_by(request.scope))


def client_or_staff(scope: Scope, authority: Authority, sent: Credentials) -> tuple[Applicant | None, str]:
    """The client that asks, or None for staff, who show the operator key or the gate key as bearer; and their name.

    Raises ClientInvalid, also where nobody shows anything.
    """
    authorization = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    key = bearer(authorization[0].encode("latin-1")) if len(authorization) == 1 else None
    if key is not None:
        if authority.operator.is_gate_key(key):
            return None, "gates"
        if authority.operator.is_operator_key(key):
            return None, "operator"
        raise ClientInvalid("this is neither the operator key nor the gate key")
    client_id, client_secret = _credentials(authorization, sent)
    if client_id is None or client_secret is None:
        raise ClientInvalid("show a client id with its tester key, or the operator key or gate key as bearer")
    return Applicant(client_id, client_secret, caller_of(scope).origin), client_id


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _credentials(authorization: list[str], sent: Credentials) -> tuple[str | None, str | None]:
    if len(authorization) > 1 or (authorization and sent.client_secret is not UNSET):
        raise Invalid("the client authenticates in more than one way")
    if authorization:
        return _basic(authorization[0])
    client_id = None if sent.client_id is UNSET else sent.client_id
    return client_id, None if sent.client_secret is UNSET else sent.client_secret


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
