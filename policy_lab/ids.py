"""Names and secrets that repeat: the same run makes the same ones."""

from __future__ import annotations

from random import Random


class CountingIds:
    """Ids that count up per prefix: `video_1`, `video_2`, …"""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}

    def new(self, prefix: str) -> str:
        """The next id with this prefix."""
        made = self._made
        number = made[prefix] = made.get(prefix, 0) + 1
        return f"{prefix}_{number}"


class StreamSecrets:
    """Secrets drawn from a stream: worthless outside the lab, and the same in every run of a seed."""

    def __init__(self, stream: Random) -> None:
        self._stream = stream

    def token_bytes(self, count: int) -> bytes:
        """`count` bytes of the stream."""
        return self._stream.randbytes(count)
