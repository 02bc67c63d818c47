"""Secrets that nobody was ever given, for reports that are false."""

from __future__ import annotations

from leaklab.chance import SystemSecrets
from mock_api.core import tester_keys


def guesses(count: int, prefix: str = tester_keys.TESTER) -> list[str]:
    """Keys with the right prefix, length and checksum: the dearest of all false reports."""
    source = SystemSecrets()
    return [tester_keys.mint(source, prefix) for _ in range(count)]
