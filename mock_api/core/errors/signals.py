"""What can be wrong with being told of security events."""

from __future__ import annotations

from .refusal import Conflict, TooMany, Unauthenticated


class ReceiverKeyInvalid(Unauthenticated):
    """Streams want a receiver's key, or the operator key, as bearer."""

    code = "receiver_key_invalid"


class StreamExists(Conflict):
    """A receiver has one stream (SSF 1.0 §8.1.1.1)."""

    code = "stream_exists"


class TooManyReceivers(TooMany):
    """There are as many receivers of signals as there may be."""

    code = "too_many_receivers"
