"""Statuses as bytes and as text (Token Status List §4): entries packed from the lowest bits up, zlib, base64url."""

from __future__ import annotations

import zlib
from typing import Final

from .compact import Unreadable, base64url, to_base64url

VALID: Final = 0x00
INVALID: Final = 0x01    # for good
SUSPENDED: Final = 0x02  # for a time; takes two bits
WIDTHS: Final = (1, 2, 4, 8)
BYTES_LIMIT: Final = 1 << 24  # of a list unpacked: nobody needs more, and a bomb has more


def pack(statuses: bytes | bytearray, bits: int) -> bytes:
    """One status a byte → `bits` bits each, the first in the lowest bits of a byte (§4.1); of full bytes only."""
    per_byte = 8 // bits
    if len(statuses) % per_byte:
        raise ValueError(f"{len(statuses)} statuses of {bits} bits fill no whole bytes")
    # All first entries of their bytes as one long number, all second ones, …: each shifts within its own byte.
    packed = sum(
        int.from_bytes(statuses[place::per_byte], "little") << (place * bits) for place in range(per_byte)
    )
    return packed.to_bytes(len(statuses) // per_byte, "little")


def status_at(packed: bytes, bits: int, index: int) -> int | None:
    """The status at `index`; None beyond the end, which a verifier must refuse (§8.3)."""
    octet, place = divmod(index * bits, 8)
    return packed[octet] >> place & (1 << bits) - 1 if 0 <= octet < len(packed) else None


def compress(packed: bytes) -> str:
    """The `lst` of packed statuses (§4.2): zlib at level 9, base64url without padding."""
    return to_base64url(zlib.compress(packed, 9))


def decompress(lst: str) -> bytes:
    """The packed statuses of an `lst`; raises Unreadable, also for more than `BYTES_LIMIT` bytes."""
    octets = base64url(lst)
    inflating = zlib.decompressobj()
    try:
        packed = inflating.decompress(octets, BYTES_LIMIT + 1)
    except zlib.error:
        raise Unreadable("has a list that is not zlib") from None
    if len(packed) > BYTES_LIMIT:
        raise Unreadable(f"has a list of more than {BYTES_LIMIT} bytes")
    if not inflating.eof or inflating.unused_data:
        raise Unreadable("has a list that does not end where it should")
    return packed
