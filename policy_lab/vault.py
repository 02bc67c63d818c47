"""A vault that forgets everything when the run ends."""

from __future__ import annotations


class MemoryVault:
    """Keeps secrets in memory for one run. It satisfies the core's `Vault` port."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        """The secret stored under `name`, or None."""
        return self._secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        """Store `secret` under `name`."""
        self._secrets[name] = secret
