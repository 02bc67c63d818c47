"""Who may keep a stream: receivers with a key of their own, and the operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from mock_api.core import redaction, tester_keys
from mock_api.core.errors import NotFound, TooManyReceivers
from mock_api.core.events.signals import ReceiverAdmitted, ReceiverDismissed

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

OPERATOR = "operator"  # the receiver that the operator is
RECEIVERS_LIMIT = 32


class Receiver(Struct, frozen=True):
    """Somebody who is told of security events; `audience` is the `aud` of what they get."""

    receiver_id: str
    name: str
    audience: str
    admitted_at: float


class AdmittedReceiver(Struct, frozen=True):
    """A new receiver with the key, which is shown this once."""

    receiver_id: str
    receiver_key: str
    name: str
    audience: str


class Receivers:
    """Receivers by id and by the keyed hash of their key."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._by_key: dict[str, str] = {}
        self.receivers: dict[str, Receiver] = {}

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event changes here."""
        return {
            ReceiverAdmitted: self.apply_receiver_admitted, ReceiverDismissed: self.apply_receiver_dismissed,
        }

    def admit(self, name: str, by: str, now: float) -> AdmittedReceiver:
        """Make a receiver and its key; raises Invalid or TooManyReceivers."""
        name, by = redaction.name(name, "name"), redaction.name(by, "by")
        if len(self.receivers) >= RECEIVERS_LIMIT:
            raise TooManyReceivers(f"There are {RECEIVERS_LIMIT} receivers, which is the most.")
        key = tester_keys.mint(self._authority.secrets, tester_keys.RECEIVER)
        receiver_id = self._authority.ids.new("receiver")
        key_hash = self._authority.programme.hash_key(key)
        self._authority.record(ReceiverAdmitted(now, receiver_id, name, key_hash, by))
        return AdmittedReceiver(receiver_id, key, name, self.audience(receiver_id))

    def dismiss(self, receiver_id: str, by: str, now: float) -> None:
        """Take key and stream away; raises NotFound."""
        if receiver_id not in self.receivers:
            raise NotFound("No such receiver.", param="receiver_id")
        self._authority.record(ReceiverDismissed(now, receiver_id, redaction.name(by, "by")))

    def holder(self, key: str) -> str | None:
        """The id of the receiver whose key this is; the operator key makes one the operator."""
        if tester_keys.is_well_formed(key, tester_keys.RECEIVER):
            return self._by_key.get(self._authority.programme.hash_key(key))
        return OPERATOR if self._authority.operator.is_operator_key(key) else None

    def audience(self, receiver_id: str) -> str:
        """The `aud` of what a receiver gets."""
        return f"{self._authority.issuer}/receivers/{receiver_id}"

    def apply_receiver_admitted(self, event: ReceiverAdmitted) -> None:
        """The key counts."""
        self._by_key[event.key_hash] = event.receiver_id
        audience = self.audience(event.receiver_id)
        self.receivers[event.receiver_id] = Receiver(event.receiver_id, event.name, audience, event.at)

    def apply_receiver_dismissed(self, event: ReceiverDismissed) -> None:
        """The key does not count any more."""
        self.receivers.pop(event.receiver_id, None)
        self._by_key = {key: held for key, held in self._by_key.items() if held != event.receiver_id}
