"""What all events share."""

from __future__ import annotations

from msgspec import Struct


class Happened(Struct, frozen=True, tag_field="type", gc=False):
    """The root of all events: `at` is the instant at which it took effect."""

    at: float
