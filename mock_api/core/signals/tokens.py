"""Security event tokens: `secevent+jwt` (RFC 8417), as SSF 1.0 §4 and the CAEP interoperability profile want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt

from .security_events import Signal

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

TYPE = "secevent+jwt"


def sign(authority: Authority, signal: Signal, jti: str, audience: str, now: float) -> str:
    """The signal as a compact token for one receiver, without `sub` and `exp` (SSF 1.0 §4.1)."""
    claims = {
        "iss": authority.issuer, "jti": jti, "iat": int(signal.at), "aud": audience, "txn": signal.txn,
        "sub_id": signal.subject, "events": {signal.kind: signal.details},
    }
    key = authority.keyring.ensure(now)
    return jwt.encode(claims, authority.keyring.private(key.kid), key.algorithm, {"typ": TYPE, "kid": key.kid})
