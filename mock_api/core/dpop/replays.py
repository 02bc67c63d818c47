"""Which proofs were used: a proof is good once (RFC 9449 §11.1)."""

from __future__ import annotations

from hashlib import sha256
from heapq import heappop, heappush
from math import floor, inf, nextafter

from mock_api.core.errors import ProofReplayed, ProofsFull

from .proof import Proof


class Replays:
    """The proofs used at one server, by address and `jti`, for as long as their instants are taken.

    No proof is ever good twice here, whatever the clock does: a proof at least as old as one that was forgotten is
    refused, and so is one from before this memory began. Full, it refuses; it forgets nothing that could come back.
    What another memory took, before a restart, may come again if its instant lay ahead: against that, demand nonces.
    """

    def __init__(self, started_at: float) -> None:
        self._oldest = float(floor(started_at))  # `iat` is whole seconds with most clients
        self._used: set[bytes] = set()
        self._by_age: list[tuple[float, bytes]] = []

    def __len__(self) -> int:
        return len(self._used)

    def use(self, proof: Proof, window: float, limit: int, now: float) -> None:
        """Use the proof up; raises ProofReplayed or, with `limit` others remembered, ProofsFull."""
        self._forget(now - window)
        if proof.issued_at < self._oldest:
            raise ProofReplayed("This DPoP proof is from before what is remembered here.")
        name = sha256(f"{proof.url} {proof.jti}".encode()).digest()[:16]
        if name in self._used:
            raise ProofReplayed("This DPoP proof was used before.")
        if len(self._used) >= limit:
            wait = max(1.0, self._by_age[0][0] + window - now)
            raise ProofsFull("Too many DPoP proofs at once to remember them all.", retry_after=wait)
        self._used.add(name)
        heappush(self._by_age, (proof.issued_at, name))

    def _forget(self, until: float) -> None:
        while self._by_age and self._by_age[0][0] < until:
            issued_at, name = heappop(self._by_age)
            self._used.discard(name)
            self._oldest = max(self._oldest, nextafter(issued_at, inf))
