"""Who is told what: one stream for each receiver, with the signals it has not acknowledged yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mock_api.core.events import Event, ProgrammePaused, Revoked, Suspended, TesterKeyIssued, TesterLeft
from mock_api.core.events import signals as events
from mock_api.core.events.signals import StreamSettings, StreamStatus

from .security_events import EVENTS_SUPPORTED, VERIFICATION, Signal, signals_of, verification

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

PENDING_LIMIT = 20_000  # signals that wait for one receiver; beyond it the stream is disabled and says why
OVERFLOW = f"{PENDING_LIMIT} signals wait for this receiver: nothing more is kept until it has caught up."


class Stream(Struct):
    """A receiver's stream. Its signals are numbered without gaps, so that a receiver notices a lost one."""

    stream_id: str
    receiver_id: str
    settings: StreamSettings
    status: StreamStatus = "enabled"
    reason: str | None = None
    number: int = 0                                                # of the newest signal
    pending: dict[int, Signal] = field(default_factory=dict)       # by number, the oldest first
    removed: set[str] = field(default_factory=set)                 # testers it does not tell of

    @property
    def delivered(self) -> list[str]:
        """The event types it tells of."""
        wanted = self.settings.events_requested
        return [kind for kind in EVENTS_SUPPORTED if wanted is None or kind in wanted]

    def offer(self, signal: Signal) -> bool:
        """Keep the signal for the receiver if it is to be told; whether it is."""
        wanted = signal.kind == VERIFICATION or signal.kind in self.delivered
        if self.status == "disabled" or not wanted or signal.tester_id in self.removed:
            return False
        if len(self.pending) >= PENDING_LIMIT:
            self.status, self.reason = "disabled", OVERFLOW
            return False
        self.number += 1
        self.pending[self.number] = signal
        return True

    def jti(self, number: int) -> str:
        """The `jti` of its signal `number`: the same whenever it is asked for, also after a restart."""
        return f"{self.stream_id}.{number}"

    def number_of(self, jti: str) -> int | None:
        """The number of a pending signal, by its `jti`."""
        stream_id, _, digits = jti.rpartition(".")
        if stream_id != self.stream_id or not digits.isdecimal() or not digits.isascii() or len(digits) > 15:
            return None
        return int(digits) if int(digits) in self.pending else None

    def oldest(self, count: int) -> list[tuple[int, Signal]]:
        """Up to `count` signals that may go out now, in order."""
        return list(islice(self.pending.items(), count)) if self.status == "enabled" else []


class SignalStreams:
    """Streams by id. `on_news` is called when something may go out that did not before."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.by_id: dict[str, Stream] = {}
        self.on_news: Callable[[], object] = _nobody_listens

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event changes here."""
        told = (Revoked, Suspended, ProgrammePaused, TesterLeft, TesterKeyIssued)
        own: dict[type, Callable[..., None]] = {
            events.StreamCreated: self.apply_stream_created,
            events.StreamUpdated: self.apply_stream_updated,
            events.StreamDeleted: self.apply_stream_deleted,
            events.StreamStatusSet: self.apply_stream_status_set,
            events.SubjectRemoved: self.apply_subject_removed,
            events.SubjectAdded: self.apply_subject_added,
            events.VerificationRequested: self.apply_verification_requested,
            events.SignalsAcknowledged: self.apply_signals_acknowledged,
            events.SignalsRefused: self.apply_signals_refused,
            events.ReceiverDismissed: self.apply_receiver_dismissed,
        }
        return {**dict.fromkeys(told, self.apply), **own}

    def apply(self, event: Event) -> None:
        """Offer what the event means to every stream."""
        if not self.by_id:
            return
        for signal in signals_of(self._authority, event):
            kept = [stream.offer(signal) for stream in self.by_id.values()]
            if any(kept):
                self.on_news()

    def apply_stream_created(self, event: events.StreamCreated) -> None:
        """One more to tell."""
        self.by_id[event.stream_id] = Stream(event.stream_id, event.receiver_id, event.settings)

    def apply_stream_updated(self, event: events.StreamUpdated) -> None:
        """What waits is delivered in the new way."""
        self.by_id[event.stream_id].settings = event.settings
        self.on_news()

    def apply_stream_deleted(self, event: events.StreamDeleted) -> None:
        """One less."""
        self.by_id.pop(event.stream_id, None)

    def apply_stream_status_set(self, event: events.StreamStatusSet) -> None:
        """A disabled stream keeps nothing, also not what waited (SSF 1.0 §8.1.2)."""
        stream = self.by_id[event.stream_id]
        stream.status, stream.reason = event.status, event.reason
        if event.status == "disabled":
            stream.pending.clear()
        self.on_news()

    def apply_subject_removed(self, event: events.SubjectRemoved) -> None:
        """Not of this tester."""
        self.by_id[event.stream_id].removed.add(event.tester_id)

    def apply_subject_added(self, event: events.SubjectAdded) -> None:
        """Of this tester again."""
        self.by_id[event.stream_id].removed.discard(event.tester_id)

    def apply_verification_requested(self, event: events.VerificationRequested) -> None:
        """The receiver's word goes back to it, in its turn."""
        self.by_id[event.stream_id].offer(verification(event.at, event.stream_id, event.state))
        self.on_news()

    def apply_signals_acknowledged(self, event: events.SignalsAcknowledged) -> None:
        """They are delivered."""
        self._forget(event.stream_id, event.jtis)

    def apply_signals_refused(self, event: events.SignalsRefused) -> None:
        """They never will be."""
        self._forget(event.stream_id, [each.jti for each in event.errors])

    def apply_receiver_dismissed(self, event: events.ReceiverDismissed) -> None:
        """The stream goes with its receiver."""
        self.by_id = {key: each for key, each in self.by_id.items() if each.receiver_id != event.receiver_id}

    def _forget(self, stream_id: str, jtis: Sequence[str]) -> None:
        stream = self.by_id[stream_id]
        for number in map(stream.number_of, jtis):
            if number is not None:
                del stream.pending[number]


def _nobody_listens() -> None:
    pass
