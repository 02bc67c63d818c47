"""Whether a proof is for this request, of this moment, and not used before: the rest of RFC 9449 §4.3."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from mock_api.core.compact import Unreadable
from mock_api.core.errors import KeyNotProven, ProofInvalid, ProofNonceNeeded

from .nonces import Nonces
from .proof import Presented, Proof, normalised, read, token_hash
from .replays import Replays

if TYPE_CHECKING:
    from mock_api.core.policy import Dpop


class ProofChecker:
    """Checks the proofs of one server: the token endpoint, the API, or a gate in front under its own address."""

    def __init__(self, nonces: Nonces, started_at: float) -> None:
        self.nonces = nonces
        self.replays = Replays(started_at)

    def check(self, presented: Presented, settings: Dpop, now: float) -> Proof:
        """The proof, good for this request as far as no token is concerned; it is not used up yet.

        Raises ProofInvalid, or ProofNonceNeeded with the nonce to come back with.
        """
        proof = read(presented.proofs)
        if proof.method != presented.method:
            raise ProofInvalid("The DPoP proof is for another method.")
        if proof.url != _address(presented.url):
            raise ProofInvalid("The DPoP proof is for another address.")
        if settings.nonce and not self.nonces.is_good(proof.nonce, now):
            raise ProofNonceNeeded("Put the nonce of this answer into the DPoP proof.", nonce=self.nonces.current(now))
        if abs(now - proof.issued_at) > settings.window:
            raise ProofInvalid("The DPoP proof is too old, or from the future.")
        return proof

    def check_with_token(
        self, presented: Presented, token: str, thumbprint: str | None, settings: Dpop, now: float
    ) -> Proof:
        """The proof, if it is also for this access token, which is bound to the key of that thumbprint.

        Raises KeyNotProven too.
        """
        proof = self.check(presented, settings, now)
        if proof.token_hash is None or not hmac.compare_digest(proof.token_hash.encode(), token_hash(token).encode()):
            raise ProofInvalid("The DPoP proof is for another access token.")
        if thumbprint is None:
            raise KeyNotProven("This access token is bound to no key: send it as Bearer.")
        if proof.thumbprint != thumbprint:
            raise KeyNotProven("This access token is bound to another key.")
        return proof

    def use(self, proof: Proof, settings: Dpop, now: float) -> None:
        """Use the proof up; raises ProofReplayed or ProofsFull."""
        self.replays.use(proof, settings.window, settings.replays, now)


def _address(url: str) -> str | None:
    try:
        return normalised(url)
    except Unreadable:
        return None
