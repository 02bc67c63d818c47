"""Who knocks, as far as the head of a request tells; and the headers by which a gate in front names itself.

A gate sends its name, its key and the caller as it saw them; whoever holds no gate key may send these headers too,
but is not believed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope

from mock_api.core.errors import Invalid

GATE, GATE_KEY, ORIGIN = b"x-leaklab-gate", b"x-leaklab-gate-key", b"x-leaklab-origin"
GATE_URL = b"x-leaklab-gate-url"  # Where clients reach that gate: proofs of possession name it (RFC 9449 §4.2).
GATE_HEADERS = frozenset({GATE, GATE_KEY, GATE_URL, ORIGIN})
VERSION = b"x-leaklab-version"  # The oldest view of revocations that the caller puts up with.
PRODUCT_LONGEST = 64  # characters kept of the client's name


class Knock(NamedTuple):
    """The headers that say who knocks, raw, and the origin: address and client."""

    authorization: bytes | None
    origin: str
    gate: bytes | None
    gate_key: bytes | None
    gate_origin: bytes | None
    gate_url: bytes | None


def knock_of(scope: Scope) -> Knock:
    """Reads the head once; raises Invalid for more than one credential (RFC 6750 §3.1)."""
    authorization = agent = gate = gate_key = gate_origin = gate_url = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            if authorization is not None:
                raise Invalid("Send one Authorization header, not several.", param="Authorization")
            authorization = value
        elif name == b"user-agent":
            agent = value
        elif name == GATE_KEY:
            gate_key = value
        elif name == GATE:
            gate = value
        elif name == ORIGIN:
            gate_origin = value
        elif name == GATE_URL:
            gate_url = value
    client = scope["client"]
    origin = _origin(client[0] if client else "-", agent)
    return Knock(authorization, origin, gate, gate_key, gate_origin, gate_url)


def bearer(authorization: bytes | None) -> str | None:
    """The bearer token of the header (RFC 6750 §2.1), if it holds one."""
    if authorization is None or authorization[:7].lower() != b"bearer ":
        return None
    return authorization[7:].decode("latin-1") or None  # `Bearer $TOKEN` where there is no TOKEN.


@lru_cache(maxsize=4096)
def _origin(host: str, agent: bytes | None) -> str:
    words = (agent or b"").decode("latin-1").split(None, 1)
    product = "".join(letter for letter in words[0] if letter.isprintable()) if words else ""
    return f"{host} {product[:PRODUCT_LONGEST] or '-'}"
