"""What anybody may ask: is it up, is it ready, what is it, which keys sign."""

from __future__ import annotations

from typing import Literal

from fastapi import FastAPI
from msgspec import Struct
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response

from mock_api.core.authority import Authority
from mock_api.journal import JournalPort

from .answers import answer
from .documents import operation
from .metrics import Traffic, scrape


class Health(Struct, frozen=True):
    """Up, or ready; `because` says what is in the way."""

    status: Literal["ok", "unavailable"]
    because: str | None = None


class Marker(Struct, frozen=True):
    """The simulation marker, by which the front end knows that nothing here is real."""

    product: Literal["leaklab"]
    simulation: bool
    issuer: str
    version: str


class PublicKey(Struct, frozen=True):
    """A public signing key (RFC 7517); further members depend on `kty`."""

    kty: str
    kid: str
    use: str
    alg: str


class PublicKeys(Struct, frozen=True):
    """A JWK set (RFC 7517 §5)."""

    keys: list[PublicKey]


def serve_known(api: FastAPI, authority: Authority, journal: JournalPort, traffic: Traffic) -> None:
    """Add the public routes."""
    _serve_health(api, authority, journal, traffic)

    what = operation("Read the simulation marker", "public", Marker)
    what["responses"] = {200: what["responses"][200]}

    @api.get("/.well-known/leaklab", **what)
    async def marker() -> Response:
        """Say that this is a simulation."""
        return answer(authority.public.marker())

    what = operation("Read the signing keys", "public", PublicKeys)
    what["responses"] = {200: {**what["responses"][200], "content": {
        "application/jwk-set+json": what["responses"][200]["content"]["application/json"]
    }}}

    @api.get("/.well-known/jwks.json", **what)
    async def signing_keys() -> Response:
        """The public halves of the keys that sign access tokens."""
        body = answer(authority.public.jwks()).body
        return Response(body, media_type="application/jwk-set+json", headers={
            "Cache-Control": f"max-age={int(authority.keyring.max_age)}",
        })


def _serve_health(api: FastAPI, authority: Authority, journal: JournalPort, traffic: Traffic) -> None:
    what = operation("Is it up?", "public", Health)
    ok = what["responses"][200]
    what["responses"] = {200: ok}

    @api.get("/healthz", **what)
    async def is_up() -> Response:
        """The process answers."""
        return answer(Health("ok"))

    what = operation("Is it ready?", "public", Health)
    what["responses"] = {200: ok, 503: {**ok, "description": "Not ready."}}

    @api.get("/readyz", **what)
    async def is_ready() -> Response:
        """The journal can be written, so commands are taken."""
        because = journal.failing_because
        return answer(Health("ok")) if because is None else answer(
            Health("unavailable", f"the journal cannot be written: {because}"), 503
        )

    what = operation("Read the metrics", "public", str)
    what["responses"] = {200: {"description": "Prometheus' text format.", "content": {
        "text/plain": {"schema": {"type": "string"}}
    }}}

    @api.get("/metrics", **what)
    async def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(scrape(authority, journal, traffic), media_type=CONTENT_TYPE_PLAIN_0_0_4)
