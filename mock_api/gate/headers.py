"""Which headers pass through a gate, and which end there (RFC 9110 §7.6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mock_api.http.knock import GATE_HEADERS

RawHeaders = Iterable[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
})
OURS = GATE_HEADERS | {b"host", b"expect"}  # Said anew, or settled, by the gate itself.


def inward(headers: RawHeaders) -> list[tuple[str, str]]:
    """What of a request goes on to the API."""
    return [(name.decode("latin-1"), _text(value)) for name, value in _end_to_end(headers) if name not in OURS]


def outward(status: int, headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """What of the API's answer goes back; the server says `Date` itself.

    The length that a 304 may name is not that of its own body (RFC 9110 §8.6), for which the server would take it.
    """
    gone = (b"date", b"content-length") if status == 304 else (b"date",)
    return [(name, value) for name, value in _end_to_end(headers) if name not in gone]


def _end_to_end(headers: RawHeaders) -> Iterator[tuple[bytes, bytes]]:
    """The headers, names in lower case, that are meant for whoever is at the other end."""
    lowered = [(name.lower(), value) for name, value in headers]
    dropped: frozenset[bytes] = HOP_BY_HOP
    for name, value in lowered:
        if name == b"connection":
            dropped |= {option.strip().lower() for option in value.split(b",")}
    if any(name == b"transfer-encoding" for name, _ in lowered):
        dropped |= {b"content-length"}
    return (each for each in lowered if each[0] not in dropped)


def _text(value: bytes) -> str:
    """The value as a str that is written out as the same bytes, where it is UTF-8 at all (as ASCII is)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
