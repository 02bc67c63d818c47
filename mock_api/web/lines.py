"""Lines that stay open: each costs memory for as long as somebody listens, so there are only so many."""

from __future__ import annotations

from collections.abc import AsyncIterator

from mock_api.core.errors import TooManyFollowers


class Lines:
    """Counts the followers of one feed."""

    def __init__(self, at_most: int) -> None:
        self._at_most, self._held = at_most, 0

    def hold(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """`stream`, which takes a line while it is read; raises TooManyFollowers where none is free."""
        if self._held >= self._at_most:
            raise TooManyFollowers(
                f"{self._at_most} already follow this feed; no more lines are kept open.", retry_after=5.0
            )
        return self._while_read(stream)

    async def _while_read(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        self._held += 1  # Not before: an answer that nobody reads any more is never begun, nor ended.
        try:
            async for piece in stream:
                yield piece
        finally:
            self._held -= 1
