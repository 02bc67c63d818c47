"""What receivers of signals send, and what they get (SSF 1.0 §7.1, §8.1; RFC 8936 §2). Unknown members are passed over.

`UNSET` is what is left out: SSF wants absent members absent, not null.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from mock_api.core.events.signals import POLL, PUSH, StreamSettings, StreamStatus
from mock_api.core.signals import EVENTS_SUPPORTED, Stream
from mock_api.core.signals.deliveries import AT_ONCE
from mock_api.core.signals.transmitter import REASON_LIMIT, STATE_LIMIT, URL_LIMIT

SSF = "/ssf"
PRINTABLE = r"^[ -~]*$"      # what may stand in a header
ACKNOWLEDGED_LIMIT = 10_000  # entries of one `ack` or `setErrs`

Text = Annotated[str, Meta(max_length=REASON_LIMIT)]
Jti = Annotated[str, Meta(max_length=200)]


class DeliveryForm(Struct):
    """How signals come: pushed to `endpoint_url`, or polled. The authorization header is sent along and never shown."""

    method: Literal["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"]
    endpoint_url: Annotated[str, Meta(max_length=URL_LIMIT)] | UnsetType = UNSET
    authorization_header: Annotated[str, Meta(max_length=STATE_LIMIT, pattern=PRINTABLE)] | UnsetType = UNSET


class StreamForm(Struct):
    """What a receiver wants of its stream; without `delivery` it polls."""

    delivery: DeliveryForm | UnsetType = UNSET
    events_requested: Annotated[list[Jti], Meta(max_length=100)] | UnsetType = UNSET
    description: Text | UnsetType = UNSET

    def settings(self, before: StreamSettings | None = None) -> StreamSettings:
        """As the core has it; what is left out stays as it was `before`, or takes its default."""
        before = before or StreamSettings(POLL)
        delivery = self.delivery
        if delivery is UNSET:
            method, url, secret = before.method, before.endpoint_url, before.has_authorization
        else:
            pushed_to = delivery.endpoint_url if delivery.endpoint_url is not UNSET else None
            method, url = delivery.method, pushed_to if delivery.method == PUSH else None
            secret = delivery.authorization_header is not UNSET
        wanted, words = self.events_requested, self.description
        return StreamSettings(
            method, url,
            before.events_requested if wanted is UNSET else tuple(wanted),
            before.description if words is UNSET else words,
            secret,
        )

    @property
    def authorization(self) -> str | None:
        """What the receiver wants to see in `Authorization`."""
        if self.delivery is UNSET or self.delivery.authorization_header is UNSET:
            return None
        return self.delivery.authorization_header


class StreamChange(StreamForm, kw_only=True):
    """What a receiver wants of the stream that it names."""

    stream_id: str


class DeliveryMade(Struct, frozen=True):
    """How signals come; of a polled stream `endpoint_url` is where."""

    method: str
    endpoint_url: str


class StreamConfiguration(Struct, frozen=True, kw_only=True):
    """A stream as it is (SSF 1.0 §8.1.1)."""

    stream_id: str
    iss: str
    aud: str
    events_supported: tuple[str, ...] = EVENTS_SUPPORTED
    events_requested: tuple[str, ...] | UnsetType = UNSET
    events_delivered: list[str]
    delivery: DeliveryMade
    description: str | UnsetType = UNSET


class StatusForm(Struct):
    """What becomes of a stream: `paused` keeps its signals, `disabled` does not."""

    stream_id: str
    status: StreamStatus
    reason: Text | UnsetType = UNSET


class StatusSaid(Struct, frozen=True):
    """Whether a stream is delivered."""

    stream_id: str
    status: StreamStatus
    reason: str | UnsetType = UNSET


class SubjectNamed(Struct):
    """A tester, as the signals name one (RFC 9493 §3.2.3)."""

    format: Literal["iss_sub"]
    iss: str
    sub: str


class SubjectForm(Struct):
    """Of whom to tell, or no more."""

    stream_id: str
    subject: SubjectNamed


class VerificationForm(Struct):
    """Asks for a signal that brings `state` back."""

    stream_id: str
    state: Annotated[str, Meta(max_length=STATE_LIMIT)] | UnsetType = UNSET


class SetError(Struct):
    """Why a signal could not be taken."""

    err: Annotated[str, Meta(max_length=100)]
    description: Text = ""


class PollForm(Struct, rename="camel"):
    """What a poll asks for, and what it acknowledges (RFC 8936 §2.2)."""

    max_events: Annotated[int, Meta(ge=0)] = AT_ONCE
    return_immediately: bool = False
    ack: Annotated[list[Jti], Meta(max_length=ACKNOWLEDGED_LIMIT)] = field(default_factory=list)
    set_errs: Annotated[dict[Jti, SetError], Meta(max_length=ACKNOWLEDGED_LIMIT)] = field(default_factory=dict)


class PollAnswer(Struct, frozen=True, rename="camel"):
    """Signals by `jti`, oldest first (RFC 8936 §2.3)."""

    sets: dict[str, str]
    more_available: bool = False


class TransmitterConfiguration(Struct, frozen=True, kw_only=True):
    """What anybody may know of the transmitter (SSF 1.0 §7.1)."""

    spec_version: str = "1_0"
    issuer: str
    jwks_uri: str
    delivery_methods_supported: tuple[str, ...] = (PUSH, POLL)
    configuration_endpoint: str
    status_endpoint: str
    add_subject_endpoint: str
    remove_subject_endpoint: str
    verification_endpoint: str
    critical_subject_members: tuple[str, ...] = ("tenant", "group", "user", "session")
    authorization_schemes: tuple[dict[str, str], ...] = ({"spec_urn": "urn:ietf:rfc:6750"},)
    default_subjects: Literal["ALL"] = "ALL"


def discovered(issuer: str, base: str) -> TransmitterConfiguration:
    """The transmitter that is reached at `base`."""
    return TransmitterConfiguration(
        issuer=issuer, jwks_uri=f"{base}/.well-known/jwks.json", configuration_endpoint=f"{base}{SSF}/streams",
        status_endpoint=f"{base}{SSF}/status", add_subject_endpoint=f"{base}{SSF}/subjects/add",
        remove_subject_endpoint=f"{base}{SSF}/subjects/remove", verification_endpoint=f"{base}{SSF}/verification",
    )


def configuration(stream: Stream, issuer: str, audience: str, base: str) -> StreamConfiguration:
    """The stream as its receiver sees it."""
    settings = stream.settings
    url = settings.endpoint_url or f"{base}{SSF}/streams/{stream.stream_id}/poll"
    return StreamConfiguration(
        stream_id=stream.stream_id, iss=issuer, aud=audience, events_delivered=stream.delivered,
        events_requested=UNSET if settings.events_requested is None else settings.events_requested,
        delivery=DeliveryMade(settings.method, url),
        description=UNSET if settings.description is None else settings.description,
    )


def status_of(stream: Stream) -> StatusSaid:
    """Whether the stream is delivered, and why not."""
    return StatusSaid(stream.stream_id, stream.status, UNSET if stream.reason is None else stream.reason)
