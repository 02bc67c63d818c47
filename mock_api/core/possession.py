"""Who holds the key of a token: asked at the token endpoint and at the authority's own gate (RFC 9449)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dpop import Nonces, Presented, Proof, ProofChecker
from .errors import KeyNotProven, ProofInvalid
from .policy import Dpop

if TYPE_CHECKING:
    from .access_tokens import Claims
    from .authority import Authority

UNSAID = Dpop()  # for bound tokens of an earlier policy


class Possession:
    """Two servers by the words of RFC 9449: their nonces differ, and a proof for one is none for the other."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._secret: bytes | None = None
        started_at = authority.clock.now()
        self._at_the_token_endpoint = ProofChecker(Nonces(self._nonce_secret, "tokens"), started_at)
        self._at_the_gate = ProofChecker(Nonces(self._nonce_secret, "resources"), started_at)

    @property
    def is_offered(self) -> bool:
        """Whether tokens may be bound to keys under the policy in force."""
        return self._authority.policy.dpop is not None

    def key_for_token(self, presented: Presented | None, now: float) -> str | None:
        """The thumbprint of the key to which a new token is bound, None for none; the proof is used up.

        Raises ProofInvalid, ProofNonceNeeded, ProofReplayed or ProofsFull.
        """
        settings = self._authority.policy.dpop
        if settings is None:
            return None
        if presented is None or not presented.proofs:
            if settings.mode == "required":
                raise ProofInvalid("Tokens are bound to keys here: send a DPoP proof.")
            return None
        proof = self._at_the_token_endpoint.check(presented, settings, now)
        self._at_the_token_endpoint.use(proof, settings, now)
        return proof.thumbprint

    def check(self, claims: Claims, token: str, presented: Presented | None, now: float) -> Proof:
        """The proof that the caller holds the key of the token; it is not used up yet.

        Raises KeyNotProven, ProofInvalid or ProofNonceNeeded.
        """
        if presented is None:
            raise KeyNotProven("This access token is bound to a key: send it as DPoP, with a proof.")
        settings = self._authority.policy.dpop or UNSAID
        return self._at_the_gate.check_with_token(presented, token, claims.thumbprint, settings, now)

    def use(self, proof: Proof, now: float) -> None:
        """Use the proof up at the gate; raises ProofReplayed or ProofsFull."""
        self._at_the_gate.use(proof, self._authority.policy.dpop or UNSAID, now)

    def _nonce_secret(self) -> bytes:
        """32 bytes, made when the first nonce is needed. They are not kept: nonces of before a restart must be void."""
        if self._secret is None:
            self._secret = self._authority.secrets.token_bytes(32)
        return self._secret
