"""What clients discover by themselves: the authorization server (RFC 8414) and the resource it guards (RFC 9728).

Addresses stand under the server's public address, never under what a request says of its host. Clients compare the
issuer with the one they asked for: whoever wants to be found gives the range an issuer that leads there.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from msgspec import UNSET, Struct, UnsetType
from starlette.responses import Response

from mock_api.core.authority import Authority
from mock_api.core.dpop import ALGORITHMS
from mock_api.core.grants import SCOPES

from .answers import answer
from .documents import operation
from .refusals import INTROSPECTION_PATH, REVOCATION_PATH, TOKEN_PATH
from .token_requests import EXCHANGE

SERVER_PATH = "/.well-known/oauth-authorization-server"
RESOURCE_PATH = "/.well-known/oauth-protected-resource"
JWKS_PATH, STATUS_LISTS_PATH = "/.well-known/jwks.json", "/status-lists"
METHODS = ["client_secret_basic", "client_secret_post"]


class ServerMetadata(Struct, frozen=True):
    """The authorization server (RFC 8414 §2).

    Nobody authorizes in a browser here. But response types are required, and lists of nothing are to be left out.
    """

    issuer: str
    token_endpoint: str
    jwks_uri: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint: str
    revocation_endpoint_auth_methods_supported: list[str]
    introspection_endpoint: str
    introspection_endpoint_auth_methods_supported: list[str]
    introspection_signing_alg_values_supported: list[str]
    service_documentation: str
    protected_resources: list[str]
    dpop_signing_alg_values_supported: list[str] | UnsetType = UNSET
    status_list_aggregation_endpoint: str | UnsetType = UNSET


class ResourceMetadata(Struct, frozen=True):
    """The API as a protected resource (RFC 9728 §2)."""

    resource: str
    authorization_servers: list[str]
    jwks_uri: str
    scopes_supported: list[str]
    bearer_methods_supported: list[str]
    resource_name: str
    resource_documentation: str
    dpop_signing_alg_values_supported: list[str] | UnsetType = UNSET
    dpop_bound_access_tokens_required: bool = False


def serve_metadata(api: FastAPI, authority: Authority) -> None:
    """Add both documents. The resource's stands at its own path, and without one for those who do not add it."""
    what = operation("Discover the authorization server", "oauth", ServerMetadata)
    what["responses"] = {200: what["responses"][200]}

    @api.get(SERVER_PATH, **what)
    async def authorization_server() -> Response:
        """Endpoints, grants and algorithms (RFC 8414)."""
        return answer(_server(api, authority), headers={"Cache-Control": "max-age=60"})

    what = operation("Discover the protected resource", "oauth", ResourceMetadata)
    what["responses"] = {200: what["responses"][200]}

    async def protected_resource() -> Response:
        """Which authorization server guards the API (RFC 9728)."""
        return answer(_resource(api, authority), headers={"Cache-Control": "max-age=60"})

    api.get(RESOURCE_PATH, **what)(protected_resource)
    path = urlsplit(authority.audience).path
    if path:
        api.get(RESOURCE_PATH + path, include_in_schema=False)(protected_resource)


def _server(api: FastAPI, authority: Authority) -> ServerMetadata:
    base, policy = str(api.state.public_url).rstrip("/"), authority.policy
    grants = ["client_credentials", EXCHANGE, *(["refresh_token"] if policy.refresh is not None else [])]
    paths = {getattr(route, "path", None) for route in api.routes}
    return ServerMetadata(
        issuer=authority.issuer, token_endpoint=base + TOKEN_PATH, jwks_uri=base + JWKS_PATH,
        scopes_supported=list(SCOPES), response_types_supported=["none"], grant_types_supported=grants,
        token_endpoint_auth_methods_supported=METHODS,
        revocation_endpoint=base + REVOCATION_PATH, revocation_endpoint_auth_methods_supported=METHODS,
        introspection_endpoint=base + INTROSPECTION_PATH, introspection_endpoint_auth_methods_supported=METHODS,
        introspection_signing_alg_values_supported=[policy.signing_algorithm],
        service_documentation=base + "/docs", protected_resources=[authority.audience],
        dpop_signing_alg_values_supported=_algorithms(authority),
        status_list_aggregation_endpoint=base + STATUS_LISTS_PATH if STATUS_LISTS_PATH in paths else UNSET,
    )


def _resource(api: FastAPI, authority: Authority) -> ResourceMetadata:
    base, dpop = str(api.state.public_url).rstrip("/"), authority.policy.dpop
    return ResourceMetadata(
        resource=authority.audience, authorization_servers=[authority.issuer], jwks_uri=base + JWKS_PATH,
        scopes_supported=list(SCOPES), bearer_methods_supported=["header"], resource_name="Leaklab's gated video API",
        resource_documentation=base + "/docs", dpop_signing_alg_values_supported=_algorithms(authority),
        dpop_bound_access_tokens_required=dpop is not None and dpop.mode == "required",
    )


def _algorithms(authority: Authority) -> list[str] | UnsetType:
    return list(ALGORITHMS) if authority.possession.is_offered else UNSET
