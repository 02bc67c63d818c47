"""The token endpoint with its three grants (RFC 6749, RFC 8693), and revocation by clients (RFC 7009)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core.authority import Authority
from mock_api.core.errors import ClientInvalid, Invalid
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.token_exchange import ACCESS, Exchange

from .answers import answer
from .documents import operation, schema, token_errors
from .refusals import REVOCATION_PATH, TOKEN_PATH
from .token_requests import (
    FORM,
    ExchangeGrant,
    Grant,
    KeyGrant,
    RefreshGrant,
    TokenQuestion,
    applicant_of,
    client_or_staff,
    converted,
    read_form,
    read_grant,
)

UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
BY_TESTER_KEY: list[dict[str, list[str]]] = [{"testerKey": []}, {}]


class Nothing(Struct, frozen=True):
    """Nothing is said."""


def serve_oauth(api: FastAPI, authority: Authority) -> None:
    """Add the token endpoint and the revocation endpoint."""
    what = operation(
        "Buy an access token", "oauth", TokenGrant,
        example=TokenGrant("eyJ…", 3600, "videos.read videos.write"),
    )
    what["responses"] = {200: what["responses"][200], **token_errors()}
    what["openapi_extra"] = {"requestBody": {"required": True, "content": {
        FORM: form_of(Grant, {"grant_type": "client_credentials"}),
        "application/json": {"schema": schema(ExchangeGrant)},
    }}, "security": BY_TESTER_KEY}

    @api.post(TOKEN_PATH, **what)
    async def issue_tokens(request: Request) -> Response:
        """Give an access token for a tester key, a new pair for a refresh token, or one token for another."""
        wanted = await read_grant(request)
        return answer(_granted(authority, applicant_of(request, wanted), wanted), headers=UNCACHED)

    what = operation("Revoke a token", "oauth", Nothing)
    what["responses"] = {200: what["responses"][200], **token_errors()}
    what["openapi_extra"] = question_body([*BY_TESTER_KEY, {"operatorKey": []}, {"gateKey": []}])

    @api.post(REVOCATION_PATH, **what)
    async def revoke_token(request: Request) -> Response:
        """End a token of one's own; a refresh token takes all along that descends from the same exchange.

        The answer is the same whether there was anything to end (RFC 7009 §2.2).
        """
        asked = converted(await read_form(request), TokenQuestion)
        applicant, by = client_or_staff(request.scope, authority, asked)
        authority.client.revoke(asked.token, applicant, by)
        return answer(Nothing(), headers=UNCACHED)


def question_body(security: list[dict[str, list[str]]]) -> dict[str, Any]:
    """The description of a form that names a token, and of who may send it."""
    body = {"required": True, "content": {FORM: form_of(TokenQuestion, {"token": "$ACCESS_TOKEN"})}}
    return {"requestBody": body, "security": security}


def form_of(kind: object, example: dict[str, str]) -> dict[str, Any]:
    """The description of `kind` as a form, where every parameter is text and stands once."""
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    return {"schema": {"allOf": [schema(kind), texts]}, "example": example}


def _granted(authority: Authority, applicant: Applicant, wanted: Grant) -> TokenGrant:
    match wanted:
        case KeyGrant():
            client_id, client_secret, origin, presented = applicant
            if client_id is None or client_secret is None:
                raise ClientInvalid("client_id and client_secret are needed, by HTTP Basic or in the form")
            return authority.public.issue_access_token(
                client_id, client_secret, _said(wanted.scope), origin, presented
            )
        case RefreshGrant():
            return authority.client.refresh(applicant, wanted.refresh_token, _said(wanted.scope))
    if wanted.actor_token is not UNSET or wanted.actor_token_type is not UNSET:
        raise Invalid("nobody acts for somebody else here: leave actor_token out", param="actor_token")
    return authority.client.exchange(applicant, Exchange(
        wanted.subject_token, wanted.subject_token_type, _said(wanted.requested_token_type) or ACCESS,
        _said(wanted.scope), _said(wanted.resource), _said(wanted.audience), _said(wanted.service_account_id),
    ))


def _said(word: str | UnsetType) -> str | None:
    return None if word is UNSET else word
