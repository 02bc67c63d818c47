"""Telling others: security events as signed tokens (SSF 1.0, CAEP 1.0, RFC 8417).

`security_events` says which of our events is told and how; `transmitter` and `deliveries` are what receivers ask.
"""

from .deliveries import Deliveries, Outgoing, Polled
from .receivers import OPERATOR, AdmittedReceiver, Receiver, Receivers
from .security_events import EVENTS_SUPPORTED, Signal
from .streams import SignalStreams, Stream
from .transmitter import Transmitter

__all__ = [
    "EVENTS_SUPPORTED", "OPERATOR", "AdmittedReceiver", "Deliveries", "Outgoing", "Polled", "Receiver", "Receivers",
    "Signal", "SignalStreams", "Stream", "Transmitter",
]
