"""The transmitter of signals: what the operator and the receivers may ask of it (SSF 1.0 §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mock_api.core import redaction
from mock_api.core.errors import Invalid, NotFound, StreamExists
from mock_api.core.events import signals as events
from mock_api.core.events.signals import POLL, PUSH, StreamSettings, StreamStatus

from .receivers import OPERATOR, AdmittedReceiver, Receiver
from .security_events import EVENTS_SUPPORTED
from .streams import Stream

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

STATE_LIMIT = 1000     # characters a receiver gets back with a verification
REASON_LIMIT = 500
URL_LIMIT = 1000
SUBJECTS_LIMIT = 10_000  # testers that one stream may leave out

# Whoever asks and may: a receiver for its own stream, the operator for every one.
Asker = str


class Transmitter:
    """Admits receivers, and keeps a stream for each of them as they want it."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    # --- the operator ---------------------------------------------------------------------------------------

    def admit_receiver(self, name: str, by: str) -> AdmittedReceiver:
        """Let somebody keep a stream; raises Invalid or TooManyReceivers."""
        return self._authority.receivers.admit(name, by, self._authority.settle())

    def dismiss_receiver(self, receiver_id: str, by: str) -> None:
        """Take a receiver's key and stream away; raises NotFound."""
        self._authority.receivers.dismiss(receiver_id, by, self._authority.settle())

    def list_receivers(self) -> list[Receiver]:
        """Everybody who may keep a stream, oldest first."""
        return list(self._authority.receivers.receivers.values())

    def asker(self, key: str) -> Asker | None:
        """Who holds this key: a receiver, or the operator."""
        return self._authority.receivers.holder(key)

    def audience(self, stream: Stream) -> str:
        """The `aud` of what the stream carries."""
        return self._authority.receivers.audience(stream.receiver_id)

    # --- streams --------------------------------------------------------------------------------------------

    def create_stream(self, asker: Asker, settings: StreamSettings, authorization: str | None) -> Stream:
        """Tell the asker from now on; raises Invalid, or StreamExists: each receiver has one (SSF 1.0 §8.1.1.1)."""
        now = self._authority.settle()
        if any(stream.receiver_id == asker for stream in self._authority.signal_streams.by_id.values()):
            raise StreamExists("This receiver has a stream; update that one, or delete it first.")
        stream_id = self._authority.ids.new("stream")
        settings = self._checked(settings, authorization)
        self._keep(stream_id, authorization)
        self._authority.record(events.StreamCreated(now, stream_id, asker, settings))
        return self._authority.signal_streams.by_id[stream_id]

    def stream(self, asker: Asker, stream_id: str) -> Stream:
        """A stream that the asker may see; raises NotFound."""
        stream = self._authority.signal_streams.by_id.get(stream_id)
        if stream is None or asker not in (stream.receiver_id, OPERATOR):
            raise NotFound("No such stream.", param="stream_id")
        return stream

    def list_streams(self, asker: Asker) -> list[Stream]:
        """The streams that the asker may see, oldest first."""
        streams = self._authority.signal_streams.by_id.values()
        return [stream for stream in streams if asker in (stream.receiver_id, OPERATOR)]

    def update_stream(
        self, asker: Asker, stream_id: str, settings: StreamSettings, authorization: str | None
    ) -> Stream:
        """Let the receiver have it otherwise from now on; raises NotFound or Invalid."""
        now = self._authority.settle()
        stream = self.stream(asker, stream_id)
        settings = self._checked(settings, authorization)
        if authorization is not None or not settings.has_authorization:
            self._keep(stream_id, authorization)
        if settings != stream.settings:
            self._authority.record(events.StreamUpdated(now, stream_id, settings))
        return stream

    def delete_stream(self, asker: Asker, stream_id: str) -> None:
        """Tell the receiver no more; raises NotFound."""
        now = self._authority.settle()
        self._authority.record(events.StreamDeleted(now, self.stream(asker, stream_id).stream_id))
        self._keep(stream_id, None)

    def set_status(self, asker: Asker, stream_id: str, status: StreamStatus, reason: str | None) -> Stream:
        """Enable, pause or disable a stream; raises NotFound or Invalid."""
        now = self._authority.settle()
        stream = self.stream(asker, stream_id)
        reason = None if reason is None else redaction.free_text(reason, "reason", REASON_LIMIT)
        if (status, reason) != (stream.status, stream.reason):
            self._authority.record(events.StreamStatusSet(now, stream_id, status, reason, asker))
        return stream

    def remove_subject(self, asker: Asker, stream_id: str, tester_id: str) -> None:
        """Tell nothing more of this tester alone, crowds are told of all the same; raises NotFound or Invalid."""
        now = self._authority.settle()
        stream = self.stream(asker, stream_id)
        if tester_id in stream.removed:
            return
        self._authority.programme.tester(tester_id)
        if len(stream.removed) >= SUBJECTS_LIMIT:
            raise Invalid(f"A stream may leave out at most {SUBJECTS_LIMIT} subjects.", param="subject")
        self._authority.record(events.SubjectRemoved(now, stream_id, tester_id))

    def add_subject(self, asker: Asker, stream_id: str, tester_id: str) -> None:
        """Tell of this tester again; raises NotFound. Everybody is told of unless removed."""
        now = self._authority.settle()
        stream = self.stream(asker, stream_id)
        self._authority.programme.tester(tester_id)
        if tester_id in stream.removed:
            self._authority.record(events.SubjectAdded(now, stream_id, tester_id))

    def verify(self, asker: Asker, stream_id: str, state: str | None) -> None:
        """Send a signal that says nothing but that the stream works; raises NotFound, or Invalid for a disabled one."""
        now = self._authority.settle()
        stream = self.stream(asker, stream_id)
        if stream.status == "disabled":
            raise Invalid("The stream is disabled; enable it first.", param="stream_id")
        if state is not None and redaction.free_text(state, "state", STATE_LIMIT) != state:
            raise Invalid("`state` looks like a credential, and it is written down.", param="state")
        self._authority.record(events.VerificationRequested(now, stream_id, state))

    def _checked(self, settings: StreamSettings, authorization: str | None) -> StreamSettings:
        """The settings as they are written down; where they lead is for who opens connections to judge."""
        if settings.method not in (PUSH, POLL):
            raise Invalid(f"`delivery.method` is {PUSH} or {POLL}.", param="delivery.method")
        if (settings.endpoint_url is not None) != (settings.method == PUSH):
            said = "A pushed stream needs an `endpoint_url`, a polled one is given it."
            raise Invalid(said, param="delivery.endpoint_url")
        url = settings.endpoint_url or ""
        if len(url) > URL_LIMIT or redaction.redact(url) != url:
            raise Invalid("`endpoint_url` is too long, or holds a credential.", param="delivery.endpoint_url")
        secret = authorization or ""
        if len(secret) > STATE_LIMIT or not (secret.isascii() and secret.isprintable()):
            said = "`authorization_header` must be one line of printable ASCII."
            raise Invalid(said, param="delivery.authorization_header")
        words, wanted = settings.description, settings.events_requested
        return replace(
            settings,
            description=None if words is None else redaction.free_text(words, "description", REASON_LIMIT),
            # Asked for and unknown is no error (SSF 1.0 §8.1.1): it is only never delivered, and not kept either.
            events_requested=None if wanted is None else tuple(kind for kind in EVENTS_SUPPORTED if kind in wanted),
        )

    def _keep(self, stream_id: str, authorization: str | None) -> None:
        """Put what a receiver wants to see in `Authorization` where no log shows it; a vault forgets by emptying."""
        name = vault_name(stream_id)
        if authorization is not None or self._authority.vault.get(name):
            self._authority.vault.put(name, (authorization or "").encode())


def vault_name(stream_id: str) -> str:
    """Where the authorization header of a stream is kept."""
    return f"stream-authorization-{stream_id}"
