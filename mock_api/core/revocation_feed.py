"""The revocation feed: the changes that gates must know of, numbered as they happen.

The numbers follow from the log alone, so a restarted authority goes on counting where it stopped, and a gate that
misses a number knows it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from .events import (
    Event,
    ProgrammePaused,
    ProgrammeResumed,
    Revoked,
    SigningKeyRetired,
    Suspended,
    SuspensionLifted,
    TesterLeft,
)
from .notices import Change, Left, Lifted, Notice, Paused, Stopped, SuspendedUntil, Version
from .scopes import KeyScope

if TYPE_CHECKING:
    from .authority import Authority

REMEMBERED = 10_000  # notices kept; whoever is further behind takes a snapshot


class RevocationFeed:
    """Every change so far has a number; the newest of them are kept to be told again."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._notices: deque[Notice] = deque(maxlen=REMEMBERED)
        self.seq = 0

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the feed."""
        return dict.fromkeys(_CHANGES, self.apply)

    @property
    def name(self) -> str:
        """The feed's name: the first key of this range, which no other range has."""
        return next(iter(self._authority.keyring.keys), "unopened")

    @property
    def version(self) -> Version:
        """Where the feed stands."""
        return Version(self.name, self.seq)

    def apply(self, event: Event) -> None:
        """Number the change that `event` makes."""
        self.seq += 1
        self._notices.append(Notice(self.seq, event.at, _CHANGES[type(event)](event)))

    def since(self, seq: int) -> tuple[Notice, ...] | None:
        """The notices beyond `seq`, oldest first; None if they are no longer kept."""
        missing = self.seq - seq
        if missing > len(self._notices):
            return None
        return tuple(self._notices)[-missing:] if missing > 0 else ()


_CHANGES: dict[type, Callable[..., Change]] = {
    Revoked: lambda event: Stopped(event.scope, event.at),
    SigningKeyRetired: lambda event: Stopped(KeyScope(event.kid), event.at),
    Suspended: lambda event: SuspendedUntil(event.suspension_id, event.scope, event.until),
    SuspensionLifted: lambda event: Lifted(event.suspension_id),
    ProgrammePaused: lambda _: Paused(True),
    ProgrammeResumed: lambda _: Paused(False),
    TesterLeft: lambda event: Left(event.tester_id),
}
