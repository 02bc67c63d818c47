"""A key of a client's own, in the lab: it proves possession without cryptography (RFC 9449)."""

from __future__ import annotations

from itertools import count

from mock_api.core.dpop import Presented, Proof, token_hash

from .ports import Clock

METHOD, URL = "CALL", "https://leaklab.invalid/"  # In process nothing is called by address.


class KeyHolder:
    """Makes proofs that carry no signature: nobody in this process forges one. The core checks all the rest."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._clock = clock
        self._thumbprint = token_hash(name)
        self._numbers = count(1)

    def presented(self, token: str | None = None) -> Presented:
        """A request with a fresh proof; with `token`, for that access token."""
        hashed = None if token is None else token_hash(token)
        proof = Proof(
            f"{self._thumbprint} {next(self._numbers)}", METHOD, URL, self._clock.now(), self._thumbprint, None, hashed
        )
        return Presented((proof,), METHOD, URL)
