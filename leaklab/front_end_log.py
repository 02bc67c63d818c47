"""Keeps what happens at the front end of a live range, and what is true about its leak, as JSON lines."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from frontend_proxy.core.events import FrontEndEvent
from policy_lab.truth import TruthEvent

SIZE_LIMIT = 64 * 1024 * 1024  # bytes, after which a new file is begun; the one before is kept
NAMES = ("front-end.1.jsonl", "front-end.jsonl")  # in the order of their events

_log = logging.getLogger("leaklab.front_end")


class FrontEndLog:
    """Appends events to `DIR/front-end.jsonl`. A full disk costs events, never the front end."""

    def __init__(self, data: Path, *, size_limit: int = SIZE_LIMIT) -> None:
        self._older, self._path = (data / name for name in NAMES)
        self._size_limit = size_limit
        self._encode = msgspec.json.Encoder().encode
        self._is_failing = False
        self._file = self._opened()

    def __call__(self, event: FrontEndEvent | TruthEvent) -> None:
        """Write one event down."""
        try:
            if self._file.tell() > self._size_limit:
                self._file.close()
                self._path.replace(self._older)
                self._file = self._opened()
            self._file.write(self._encode(event) + b"\n")
            self._is_failing = False
        except (OSError, ValueError) as problem:
            if not self._is_failing:
                _log.error("%s cannot be written (%s); the front end goes on without.", self._path, problem)
            self._is_failing = True

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _opened(self) -> BinaryIO:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        return os.fdopen(descriptor, "wb", buffering=0)
