"""Wakes whoever waits for news, on one event loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Bell:
    """Ring it when there is news; who waits looks again. Who looks first and then waits misses nothing."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake everybody who waits."""
        for each in self._waiting:
            each.set()

    async def wait(self, seconds: float) -> None:
        """Wait for the next ring, at most `seconds`."""
        rung = asyncio.Event()
        self._waiting.add(rung)
        try:
            # Not `wait_for`, which before Python 3.12 may swallow a cancellation.
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await rung.wait()
        finally:
            self._waiting.discard(rung)
