"""What a gate did, request by request, for whoever checks histories: one line of JSON each."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct


class Passage(Struct, frozen=True, gc=False):
    """One request: when it came and when its answer was through (epoch seconds, this machine's clock).

    `status` is what the caller got, `code` the refusal's if the gate refused, `version` the view's at the verdict.
    """

    started: float
    finished: float
    gate: str
    jti: str | None
    status: int
    code: str | None
    version: str | None


class History:
    """Appends passages to a file, each with one write, so that a killed gate has told all."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, passage: Passage) -> None:
        """One more line."""
        os.write(self._file, msgspec.json.encode(passage) + b"\n")

    def close(self) -> None:
        """No more lines."""
        os.close(self._file)
