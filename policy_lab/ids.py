"""Names and secrets that repeat: the same run makes the same ones."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from random import Random


class CountingIds:
    """Ids that count up per prefix: `video_1`, `video_2`, …"""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(1))

    def new(self, prefix: str) -> str:
        """The next id with this prefix."""
        return f"{prefix}_{next(self._numbers[prefix])}"


class StreamSecrets:
    """Secrets drawn from a stream: worthless outside the lab, and the same in every run of a seed."""

    def __init__(self, stream: Random) -> None:
        self._stream = stream

    def token_bytes(self, count: int) -> bytes:
        """`count` bytes of the stream."""
        return self._stream.randbytes(count)
