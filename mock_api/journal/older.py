"""What earlier versions wrote otherwise, as this version reads it."""

from __future__ import annotations

# The one enforcement there was had a name alone. Within a text of somebody's the quotes would be escaped.
_REWRITTEN = {b'"enforcement":"in-process"': b'"enforcement":{"kind":"in-process"}'}


def as_written_now(payload: bytes) -> bytes:
    """The events of a commit, in the words of today; they are asked for only where those of the commit are not."""
    for before, now in _REWRITTEN.items():
        payload = payload.replace(before, now)
    return payload
