"""Idempotency-Key: a repeated order is answered with the first one's video (after the IETF draft).

Entries live 24 hours and no longer than their video, and there are 10 000 at most. Only hashes are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

import msgspec

from . import errors
from .orders import VideoOrder, check_text
from .quantities import DAY

ENTRIES = 10_000
KEY_LONGEST = 255  # characters


class Remembered:
    """Which order of which tester came with which key."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str], tuple[float, str, str]] = OrderedDict()

    def note(self, tester_id: str, hashes: tuple[str, str], video_id: str, at: float) -> None:
        """Keep what was ordered under a key; the oldest give way."""
        key_hash, payload_hash = hashes
        entries = self._entries
        entries.pop((tester_id, key_hash), None)
        entries[tester_id, key_hash] = (at, payload_hash, video_id)
        while len(entries) > ENTRIES or next(iter(entries.values()))[0] <= at - DAY:
            entries.popitem(last=False)

    def find(self, tester_id: str, hashes: tuple[str, str], now: float) -> str | None:
        """The video ordered under this key, None for a new key; `IdempotencyMismatch` for another payload."""
        ordered_at, payload_hash, video_id = self._entries.get((tester_id, hashes[0]), (0.0, "", ""))
        if not video_id or ordered_at <= now - DAY:
            return None
        if payload_hash != hashes[1]:
            raise errors.IdempotencyMismatch(
                "This Idempotency-Key came with another payload before; use a new key for a new order.",
                param="Idempotency-Key",
            )
        return video_id

    def forget(self, tester_id: str, key_hash: str, video_id: str) -> None:
        """Drop the entry of a video that is gone."""
        entry = self._entries.get((tester_id, key_hash))
        if entry is not None and entry[2] == video_id:
            del self._entries[tester_id, key_hash]


def idempotency_hashes(key: str | None, order: VideoOrder) -> tuple[str, str] | None:
    """(hash of the key, hash of the payload), or None without a key."""
    if key is None:
        return None
    check_text("Idempotency-Key", key, KEY_LONGEST)
    return _digest(key.encode()), _digest(repr(msgspec.structs.astuple(order)).encode())


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
