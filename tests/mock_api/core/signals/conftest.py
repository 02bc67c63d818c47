"""Somebody who is told: a receiver with a stream, and what it reads in what it gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import pytest

from mock_api.core.events.signals import POLL, StreamSettings
from mock_api.core.signals import Stream


@dataclass
class Listener:
    """A receiver that polls."""

    range: Any
    receiver_id: str
    receiver_key: str
    stream: Stream

    @property
    def authority(self) -> Any:
        """Whom it listens to."""
        return self.range.authority

    def sets(self, authority: Any = None) -> dict[str, dict[str, Any]]:
        """The claims of what waits for it, by `jti`; each is checked for its signature and its type."""
        authority = authority or self.authority
        polled = authority.deliveries.poll(self.receiver_id, self.stream.stream_id)
        return {jti: read(authority, token) for jti, token in polled.sets.items()}

    def events(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """(event type's last word, `sub_id`, details) of what waits, in order."""
        told = []
        for claims in self.sets().values():
            ((kind, details),) = claims["events"].items()
            told.append((kind.rpartition("/")[2], claims["sub_id"], details))
        return told

    def acknowledge(self, *jtis: str, errors: dict[str, tuple[str, str]] | None = None) -> None:
        """Say that it has these."""
        self.authority.deliveries.acknowledge(self.receiver_id, self.stream.stream_id, jtis, errors)


def read(authority: Any, token: str) -> dict[str, Any]:
    """The claims of a signal whose signature holds."""
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "secevent+jwt"
    key = authority.keyring.keys[header["kid"]]
    claims: dict[str, Any] = json.loads(jwt.PyJWS().decode(token, key.verifier, algorithms=[key.algorithm]))
    return claims


def listen(the_range: Any, settings: StreamSettings | None = None) -> Listener:
    """A new receiver with a stream."""
    transmitter = the_range.authority.transmitter
    admitted = transmitter.admit_receiver("a video site", "operator")
    stream = transmitter.create_stream(admitted.receiver_id, settings or StreamSettings(POLL), None)
    return Listener(the_range, admitted.receiver_id, admitted.receiver_key, stream)


@pytest.fixture
def listener(open_range: Callable[..., Any]) -> Listener:
    """A receiver of everything, in a range of its own."""
    return listen(open_range())
