"""HTTP/1.1 that bounds what uvicorn leaves open: how long a request's head may be, and how long it may take."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT = 64 * 1024  # bytes of a request line with its headers that come in more than one piece
HEAD_PATIENCE = 20.0  # seconds without a whole head
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """Cuts off heads without end and heads that never end; whoever keeps to HTTP does not notice."""

    _head_size = 0  # bytes of a head that is not whole yet
    _seen_half = False
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start to watch."""
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no more."""
        super().connection_lost(exc)
        if self._patience is not None:
            self._patience.cancel()

    def data_received(self, data: bytes) -> None:
        """Take a piece; a head that grows too large ends the connection."""
        super().data_received(data)
        if self._is_in_head():
            self._head_size += len(data)
            if self._head_size > HEAD_LIMIT and not self.transport.is_closing():
                self.transport.write(TOO_LARGE)
                self.transport.close()
        else:
            self._head_size = 0
            self._seen_half = False

    def _is_in_head(self) -> bool:
        # uvicorn begins a new scope with each message and gives it its path once the head is whole.
        return self.scope is not None and "path" not in self.scope

    def _look(self) -> None:
        """Every so often: whoever has sent nothing, or the same half head as last time, is let go."""
        if self.scope is None or (self._is_in_head() and self._seen_half):
            self.transport.close()
            return
        self._seen_half = self._is_in_head()
        self._patience = self.loop.call_later(HEAD_PATIENCE, self._look)
