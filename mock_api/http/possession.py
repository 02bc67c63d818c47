"""How a request shows that its sender holds a key: the scheme `DPoP` and the header of that name (RFC 9449)."""

from __future__ import annotations

from starlette.types import Scope

from mock_api.core.dpop import Presented


def proven_token(authorization: bytes | None) -> str | None:
    """The access token of the scheme `DPoP` (RFC 9449 §7.1), if the header holds one."""
    if authorization is None or authorization[:5].lower() != b"dpop ":
        return None
    return authorization[5:].decode("latin-1") or None


def presented_in(scope: Scope, public_url: str) -> Presented:
    """The request as a proof has to name it: under `public_url`, where clients believe this server to be.

    What the request says of host and scheme is not looked at: who replays a proof of another server writes that too.
    """
    proofs = tuple(value.decode("latin-1") for name, value in scope["headers"] if name == b"dpop")
    path = scope["raw_path"].partition(b"?")[0].decode("latin-1")
    return Presented(proofs, scope["method"], public_url.rstrip("/") + path)
