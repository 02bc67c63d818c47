"""What the core is handed: time, chance, names, secrets, and somewhere to put its events."""

from __future__ import annotations

from random import Random
from typing import Protocol

from .events import Event


class Clock(Protocol):
    """All there is of time."""

    def now(self) -> float:
        """Seconds since the Unix epoch, so that JWT claims need no conversion."""
        ...


class Streams(Protocol):
    """Chance, by name: the same name gives the same numbers, whoever else draws."""

    def stream(self, name: str) -> Random:
        """The stream called `name`; asking again returns the same, already advanced, stream."""
        ...


class Ids(Protocol):
    """Names for new things."""

    def new(self, prefix: str) -> str:
        """A fresh id such as `video_…`, unique within the programme."""
        ...


class SecretSource(Protocol):
    """Bytes nobody can guess (a real range) or that repeat (the lab)."""

    def token_bytes(self, count: int) -> bytes:
        """`count` bytes of high entropy."""
        ...


class Vault(Protocol):
    """Keeps what must outlive a restart and must never enter the event log."""

    def get(self, name: str) -> bytes | None:
        """The secret stored under `name`, or None."""
        ...

    def put(self, name: str, secret: bytes) -> None:
        """Store `secret` durably under `name` before returning."""
        ...


class Log(Protocol):
    """Takes each event once, in order. The lab appends to a list; a server writes a journal."""

    def __call__(self, event: Event, /) -> object:
        """Accept one event."""
        ...
