"""What a gate in front may ask the authority, and what it hears back. Whoever drives the gate carries them.

The same words live and simulated: over HTTP they become requests, in the lab calls with a delay and a loss.
"""

from __future__ import annotations

from msgspec import Struct

from mock_api.core.notices import Cutoffs, Notice, Notices, Snapshot, Version


class AskToken(Struct, frozen=True, tag=True):
    """Is this token active (RFC 7662)? The driver sends the token itself, which it has at hand."""

    jti: str


class AskSnapshot(Struct, frozen=True, tag=True):
    """The whole view; nothing if it still is `known`."""

    known: Version | None = None


class AskNotices(Struct, frozen=True, tag=True):
    """The notices beyond the number `after`."""

    after: int


class AskCutoffs(Struct, frozen=True, tag=True):
    """The not-before instants; nothing if they still are `known`."""

    known: Version | None = None


class AskKeys(Struct, frozen=True, tag=True):
    """The key set (RFC 7517 §5)."""


class AskStatusList(Struct, frozen=True, tag=True):
    """The status list token at `uri` (Token Status List §8)."""

    uri: str


Question = AskToken | AskSnapshot | AskNotices | AskCutoffs | AskKeys | AskStatusList


class TokenStatus(Struct, frozen=True, tag=True):
    """The answer of introspection, as far as a gate needs it."""

    active: bool


class Keys(Struct, frozen=True, tag=True):
    """The names of the keys that may sign."""

    kids: frozenset[str]


class StatusList(Struct, frozen=True, tag=True):
    """A status list whose signature held: `statuses` is the byte array, `ttl` seconds, instants epoch seconds."""

    uri: str
    bits: int
    statuses: bytes
    issued_at: float
    expires_at: float | None
    ttl: float | None


class Unchanged(Struct, frozen=True, tag=True):
    """Nothing has changed since `known`; still as good as when it was asked."""


Answer = TokenStatus | Snapshot | Notices | Cutoffs | Keys | StatusList | Unchanged


class Pulse(Struct, frozen=True):
    """The sign of life of a push feed: at `at` (the authority's clock) the newest notice was `seq`."""

    feed: str
    seq: int
    at: float


News = Notice | Pulse

__all__ = [
    "Answer", "AskCutoffs", "AskKeys", "AskNotices", "AskSnapshot", "AskStatusList", "AskToken", "Cutoffs", "Keys",
    "News", "Notice", "Notices", "Pulse", "Question", "Snapshot", "StatusList", "TokenStatus", "Unchanged", "Version",
]
