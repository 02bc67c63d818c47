"""What goes out to receivers, and what they say to it. Whoever sends may send twice, but never forgets.

A signal is not stored: it is what an event of the log means, numbered by replay. So a restart knows what was not yet
acknowledged, under the same `jti`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mock_api.core import redaction
from mock_api.core.errors import Invalid
from mock_api.core.events.signals import PUSH, SignalError, SignalsAcknowledged, SignalsRefused

from .tokens import sign
from .transmitter import Asker, Transmitter, vault_name

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

AT_ONCE = 20  # signals of one poll: each is signed anew, which takes 0.05 ms with Ed25519 and 1 ms with RS256


class Outgoing(NamedTuple):
    """A signal on its way to a receiver: the compact token, where to, and with which authorization header."""

    jti: str
    token: str
    endpoint_url: str
    authorization: str | None


class Polled(NamedTuple):
    """Signals by `jti`, in order, and whether more are waiting (RFC 8936 §2.4)."""

    sets: dict[str, str]
    more_available: bool


class Deliveries:
    """Hands signals out, to be polled or pushed, and takes acknowledgements."""

    def __init__(self, authority: Authority, transmitter: Transmitter) -> None:
        self._authority, self._transmitter = authority, transmitter

    def poll(self, asker: Asker, stream_id: str, count: int = AT_ONCE) -> Polled:
        """Up to `count` signals that are not acknowledged yet, oldest first; asked again, the same."""
        now = self._authority.settle()
        stream = self._transmitter.stream(asker, stream_id)
        if stream.settings.method == PUSH:
            raise Invalid("This stream is pushed; update its delivery to poll it.", param="stream_id")
        count = max(0, min(count, AT_ONCE))
        audience = self._transmitter.audience(stream)
        sets = {
            stream.jti(number): sign(self._authority, signal, stream.jti(number), audience, now)
            for number, signal in stream.oldest(count)
        }
        return Polled(sets, stream.status == "enabled" and len(stream.pending) > len(sets))

    def acknowledge(
        self, asker: Asker, stream_id: str, jtis: Sequence[str], errors: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        """Forget what the receiver has, and what it cannot take (`errors`: code and description by `jti`).

        What is not waiting is passed over: an acknowledgement may come twice (RFC 8936 §2.4).
        """
        now = self._authority.settle()
        stream = self._transmitter.stream(asker, stream_id)
        known = tuple(dict.fromkeys(jti for jti in jtis if stream.number_of(jti) is not None))
        if known:
            self._authority.record(SignalsAcknowledged(now, stream_id, known))
        refused = tuple(
            SignalError(jti, redaction.stranger(err), redaction.stranger(said))
            for jti, (err, said) in (errors or {}).items() if stream.number_of(jti) is not None
        )
        if refused:
            self._authority.record(SignalsRefused(now, stream_id, refused))

    def outgoing(self, stream_id: str) -> Outgoing | None:
        """The oldest signal that is to be pushed on a stream, or None."""
        now = self._authority.settle()
        stream = self._authority.signal_streams.by_id.get(stream_id)
        if stream is None or stream.settings.endpoint_url is None:
            return None
        for number, signal in stream.oldest(1):
            token = sign(self._authority, signal, stream.jti(number), self._transmitter.audience(stream), now)
            kept = self._authority.vault.get(vault_name(stream_id)) if stream.settings.has_authorization else None
            return Outgoing(stream.jti(number), token, stream.settings.endpoint_url, kept.decode() if kept else None)
        return None
