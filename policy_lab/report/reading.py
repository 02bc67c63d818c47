"""One pass over an event log for all who want to draw from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

Handler = Callable[[Any], None]


class Reader(Protocol):
    """Somebody who draws something from the log."""

    def handlers(self) -> dict[type, Handler]:
        """What to call for which kind of event."""
        ...


def read(events: Iterable[Any], *readers: Reader) -> None:
    """Hand every event, in order, to the readers that asked for its kind."""
    wanted: dict[type, tuple[Handler, ...]] = {}
    for reader in readers:
        for kind, handler in reader.handlers().items():
            wanted[kind] = (*wanted.get(kind, ()), handler)
    for event in events:
        for handler in wanted.get(event.__class__, ()):
            handler(event)
