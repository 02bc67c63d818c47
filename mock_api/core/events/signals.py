"""Who is told of our security events, and what became of the telling (Shared Signals Framework 1.0)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .happened import Happened

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
StreamStatus = Literal["enabled", "paused", "disabled"]


class StreamSettings(Struct, frozen=True):
    """What a receiver wants. `events_requested` None: whatever there is. Its authorization header is in the vault."""

    method: str
    endpoint_url: str | None = None
    events_requested: tuple[str, ...] | None = None
    description: str | None = None
    has_authorization: bool = False


class SignalError(Struct, frozen=True):
    """Why a receiver could not take a signal (RFC 8935 §2.3)."""

    jti: str
    err: str
    description: str


class ReceiverAdmitted(Happened, frozen=True):
    """Somebody may keep a stream; `key_hash` is the keyed hash of the key they were shown once."""

    receiver_id: str
    name: str
    key_hash: str
    by: str


class ReceiverDismissed(Happened, frozen=True):
    """The receiver's key and stream are gone."""

    receiver_id: str
    by: str


class StreamCreated(Happened, frozen=True):
    """From now on the receiver is told."""

    stream_id: str
    receiver_id: str
    settings: StreamSettings


class StreamUpdated(Happened, frozen=True):
    """The receiver wants something else from now on."""

    stream_id: str
    settings: StreamSettings


class StreamDeleted(Happened, frozen=True):
    """Nobody is told any more, and what was not yet delivered is forgotten."""

    stream_id: str


class StreamStatusSet(Happened, frozen=True):
    """A stream was enabled, paused (signals wait) or disabled (signals are not kept)."""

    stream_id: str
    status: StreamStatus
    reason: str | None
    by: str


class SubjectRemoved(Happened, frozen=True):
    """The stream no longer tells of this tester alone."""

    stream_id: str
    tester_id: str


class SubjectAdded(Happened, frozen=True):
    """The stream tells of this tester again."""

    stream_id: str
    tester_id: str


class VerificationRequested(Happened, frozen=True):
    """The receiver wants to see that the stream works; `state` is its own word, which it gets back."""

    stream_id: str
    state: str | None


class SignalsAcknowledged(Happened, frozen=True):
    """The receiver has these signals, by `jti`."""

    stream_id: str
    jtis: tuple[str, ...]


class SignalsRefused(Happened, frozen=True):
    """The receiver cannot take these signals; they are not sent again."""

    stream_id: str
    errors: tuple[SignalError, ...]
