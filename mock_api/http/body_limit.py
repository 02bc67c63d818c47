"""Keeps request bodies within bounds without reading them to their end."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Scope

from mock_api.core.errors import TooLarge

DRAIN_SECONDS, DRAIN_FACTOR = 2.0, 4  # how long, and up to how many times the limit, a refused body is read on


class BodyLimit:
    """Counts a body as it comes in."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._size = receive, limit, 0
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        self._announced = int(length) if length.isdigit() else 0
        self._waits_for_a_nod = b"expect" in headers
        self.is_passed = False

    async def receive(self) -> Message:
        """The next piece; raises TooLarge as soon as the limit is passed or announced to be."""
        message: Message = {}
        if self._announced <= self._limit:
            message = await self._receive()
            self._size += len(message.get("body", b""))
        self.is_passed = max(self._size, self._announced) > self._limit
        if self.is_passed:
            raise TooLarge(f"A request body may have at most {self._limit} bytes.")
        return message

    async def drain(self) -> None:
        """Read on for a moment and forget it: whoever is cut off while still sending never sees the answer."""
        if self._size == 0 and self._waits_for_a_nod:
            return  # Nothing was sent yet, and asking for it would be the nod.
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._size < DRAIN_FACTOR * self._limit:
                    message = await self._receive()
                    self._size += len(message.get("body", b""))
                    if not message.get("more_body"):
                        return
