"""What anybody may ask: a token for a tester key, our public keys, and whether this is a simulation."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from mock_api.core import grants, redaction
from mock_api.core.dpop import Presented
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.programme import TokenTerms

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

__all__ = ["PublicDoor", "TokenGrant"]


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
        applicant = Applicant(client_id, client_secret, origin, presented)
        issuance = self._authority.issuance
        with issuance.denials(applicant, now):
            tester = issuance.authenticate(applicant)
            issuance.check(tester, now)
            thumbprint = self._authority.possession.key_for_token(presented, now)
            terms = TokenTerms(grants.granted(scope), redaction.origin(origin), thumbprint)
            return issuance.issue(tester, terms, now)[1]

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public halves of the signing keys (RFC 7517 §5)."""
        self._authority.settle()
        return self._authority.keyring.jwks()

    def marker(self) -> dict[str, str | bool]:
        """What tells a real front end that it talks to a simulation."""
        return {
            "product": "leaklab",
            "simulation": True,
            "issuer": self._authority.issuer,
            "version": metadata.version("leaklab"),
        }
