"""A Redis of the test's own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.service import Service, program


class Redis(Service):
    """A redis-server that keeps nothing on disk: after a restart it is empty."""

    name = "redis"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """redis-server, on loopback, without persistence."""
        server = program("redis-server", "redis-server")
        return [
            str(server), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder),
            "--save", "", "--appendonly", "no", "--daemonize", "no",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Whether it answers PING."""
        return self.ask("PING") == b"+PONG\r\n"

    def ask(self, *words: str) -> bytes:
        """One command and the beginning of its answer, over a connection of its own; nothing where there is none."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall((" ".join(words) + "\r\n").encode())
                return connection.recv(4096)
        except OSError:
            return b""


@contextmanager
def redis() -> Iterator[Redis]:
    """A Redis for the length of a `with` block; it may be killed, stopped and restarted meanwhile."""
    program("redis-server", "redis-server")
    server = Redis()
    try:
        server.start()
        yield server
    finally:
        server.close()
