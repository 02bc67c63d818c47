"""An MP4 container (ISO/IEC 14496-12) without tracks: it opens, it lasts 0 seconds, and it shows nothing."""

from __future__ import annotations

from struct import pack
from uuid import UUID

MANIFEST_UUID = UUID("6c65616b-6c61-5273-8d75-6c6174696f6e")  # ours: marks the box of the manifest
_FROM_1904 = 2_082_844_800  # seconds: ISO media count from 1904-01-01, Unix from 1970-01-01
_UNITY = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def trackless_mp4(manifest: bytes, made_at: int) -> bytes:
    """ftyp, moov with a movie header alone, the JSON manifest in a uuid box; `made_at` is epoch seconds."""
    file_type = _box(b"ftyp", b"isom" + pack(">I", 0x200) + b"isommp42")
    # Version 1 with 64-bit times: the lab's clock stands in the year 2100, where version 0 has run over.
    header = _box(
        b"mvhd",
        pack(">I2QIQ", 0x01000000, made_at + _FROM_1904, made_at + _FROM_1904, 1000, 0)
        + pack(">IH10x", 0x10000, 0x100) + _UNITY + bytes(24) + pack(">I", 1),
    )
    return file_type + _box(b"moov", header) + _box(b"uuid", MANIFEST_UUID.bytes + manifest)


def _box(kind: bytes, content: bytes) -> bytes:
    return pack(">I4s", 8 + len(content), kind) + content
