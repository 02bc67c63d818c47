"""Tokens that are worthless without a key: demonstrating proof of possession (RFC 9449), without a socket."""

from __future__ import annotations

from .checker import ProofChecker
from .keys import ALGORITHMS, thumbprint
from .nonces import Nonces
from .proof import Presented, Proof, token_hash
from .replays import Replays

__all__ = ["ALGORITHMS", "Nonces", "Presented", "Proof", "ProofChecker", "Replays", "thumbprint", "token_hash"]
