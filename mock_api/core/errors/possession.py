"""What is wrong with a proof that the caller holds the key of a token (RFC 9449)."""

from __future__ import annotations

from .refusal import Unauthenticated, Unavailable


class KeyNotProven(Unauthenticated):
    """The token is bound to a key, and the caller has not shown to hold it (RFC 9449 §7.1)."""

    code = "key_not_proven"


class ProofInvalid(Unauthenticated):
    """A DPoP proof that fails one of the checks of RFC 9449 §4.3, or that is missing."""

    code = "invalid_dpop_proof"


class ProofReplayed(ProofInvalid):
    """A DPoP proof that was used before, or that may have been (RFC 9449 §11.1)."""

    code = "dpop_proof_replayed"


class ProofNonceNeeded(Unauthenticated):
    """A DPoP proof without a nonce of ours that still is good; `nonce` is the one to use (RFC 9449 §8)."""

    code = "use_dpop_nonce"

    def __init__(
        self, message: str, *, nonce: str = "", param: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, param=param, retry_after=retry_after)
        self.nonce = nonce


class ProofsFull(Unavailable):
    """So many proofs came at once that the next could not be told from a used one."""

    code = "dpop_proofs_full"
