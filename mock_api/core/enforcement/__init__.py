"""Enforcement: how a gate comes by its view of what is revoked. Each file states its guarantee."""

from __future__ import annotations

from typing import Protocol

from mock_api.core.errors import Refusal
from mock_api.core.programme import IssuedToken


class RevocationView(Protocol):
    """What a gate knows of revocations, the pause and suspensions."""

    def refusal(self, token: IssuedToken, now: float) -> Refusal | None:
        """Why the token is refused at `now` (epoch seconds), or None, as far as this view knows."""
        ...
