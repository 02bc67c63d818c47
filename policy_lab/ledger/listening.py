"""Handing the events of a log to those who listen for their kind: one pass, whoever reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

Applier = Callable[[Any], None]


class Listener(Protocol):
    """Somebody who draws something from a log."""

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What to call for which kind of event."""
        ...


def appliers_of(*listeners: Listener) -> dict[type, tuple[Applier, ...]]:
    """Whom to call for which kind of event, in the order of the listeners."""
    found: dict[type, tuple[Applier, ...]] = {}
    for listener in listeners:
        for kind, apply in listener.appliers().items():
            found[kind] = (*found.get(kind, ()), apply)
    return found


def hear(events: Iterable[object], *listeners: Listener) -> None:
    """Hand every event, in order, to the listeners that asked for its kind."""
    found = appliers_of(*listeners)
    for event in events:
        for apply in found.get(event.__class__, ()):
            apply(event)
