"""The one file that makes secrets and luck for a real range."""

from __future__ import annotations

import secrets  # noqa: TID251 - this file owns real secrets.
from random import Random, SystemRandom  # noqa: TID251 - as above.


class SystemSecrets:
    """Bytes that nobody can guess."""

    def token_bytes(self, count: int) -> bytes:
        """`count` bytes from the operating system."""
        return secrets.token_bytes(count)


class SystemIds:
    """Ids that never meet, however many ranges there are."""

    def new(self, prefix: str) -> str:
        """`prefix_` and 96 random bits."""
        return f"{prefix}_{secrets.token_hex(12)}"


class SystemStreams:
    """Luck that does not repeat: every name draws from the operating system."""

    def __init__(self) -> None:
        self._random = SystemRandom()

    def stream(self, name: str) -> Random:  # noqa: ARG002 - real luck needs no names.
        """The operating system's own generator, whatever the name."""
        return self._random
