"""The stories by name, apart from what plays them: the command line asks for the names each time."""

from __future__ import annotations

from enum import StrEnum


class Story(StrEnum):
    """What a secret scanner can play."""

    SIGNED = "signed"
    UNKNOWN_KEY = "unknown-key"
    BAD_SIGNATURE = "bad-signature"
    ROTATED_KEY = "rotated-key"
    DUPLICATES = "duplicates"
    FALSE_POSITIVES = "false-positives"
    FLOOD = "flood"
