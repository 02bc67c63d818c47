"""What anybody may ask: a token for a tester key, our public keys, and whether this is a simulation."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from msgspec import Struct

from mock_api.core import grants, redaction
from mock_api.core.dpop import Presented
from mock_api.core.errors import ClientInvalid, Refusal, TesterInactive
from mock_api.core.events import TokenDenied
from mock_api.core.programme import IssuedToken, Tester

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

CLIENT_ID_LIMIT = 80


class TokenGrant(Struct, frozen=True):
    """The answer of the token endpoint (RFC 6749 §5.1); `expires_in` is seconds."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105  # A word of RFC 6750, not a secret.


class PublicDoor:
    """The door without a lock."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def issue_access_token(
        self, client_id: str, client_secret: str, scope: str | None, origin: str, presented: Presented | None = None
    ) -> TokenGrant:
        """An access token for a tester key (`client_credentials`, RFC 6749 §4.4); the client is the tester.

        It is bound to the key that `presented` shows possession of, if the policy binds tokens (RFC 9449 §5).
        Raises ClientInvalid, TesterInactive, ProgrammePaused, TesterSuspended, InvalidScope or TooManyTokens, and
        for the proof ProofInvalid, ProofNonceNeeded, ProofReplayed or ProofsFull.
        """
        now = self._authority.settle()
        origin = redaction.origin(origin)
        try:
            tester = self._authenticate(client_id, client_secret)
            self._check(tester, now)
            thumbprint = self._authority.possession.key_for_token(presented, now)
            token = self._authority.programme.issue_token(tester, grants.granted(scope), origin, now)
        except Refusal as refusal:
            denied = redaction.stranger(client_id)[:CLIENT_ID_LIMIT]
            self._authority.record(TokenDenied(now, denied, refusal.code, origin))
            raise
        lifetime = int(token.expires_at - now)
        kind = "Bearer" if thumbprint is None else "DPoP"
        return TokenGrant(self._sign(token, tester, thumbprint), lifetime, token.scope, kind)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public halves of the signing keys (RFC 7517 §5)."""
        return self._authority.keyring.jwks()

    def marker(self) -> dict[str, str | bool]:
        """What tells a real front end that it talks to a simulation."""
        return {
            "product": "leaklab",
            "simulation": True,
            "issuer": self._authority.issuer,
            "version": metadata.version("leaklab"),
        }

    def _authenticate(self, client_id: str, client_secret: str) -> Tester:
        tester = self._authority.programme.holder(client_secret)
        if tester is None or tester.tester_id != client_id:
            raise ClientInvalid("Unknown client id, or the tester key is not its own.")
        if tester.key is None or tester.key.revoked:
            raise ClientInvalid("This tester key was revoked.")
        return tester

    def _check(self, tester: Tester, now: float) -> None:
        if tester.left_at is not None:
            raise TesterInactive("This tester has left the programme.")
        refusal = self._authority.register.tester_refusal(tester, now)
        if refusal is not None:
            raise refusal

    def _sign(self, token: IssuedToken, tester: Tester, thumbprint: str | None) -> str:
        claims: dict[str, object] = {
            "iss": self._authority.issuer,
            "aud": self._authority.audience,
            "sub": tester.tester_id,
            "client_id": tester.tester_id,
            "jti": token.jti,
            "iat": token.issued_at,
            "exp": token.expires_at,
            "scope": token.scope,
            "cohort": tester.cohort,
        }
        if thumbprint is not None:
            claims["cnf"] = {"jkt": thumbprint}
        return self._authority.access_tokens.sign(claims, token.kid)
