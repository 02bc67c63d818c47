"""Keeps a range's keys in a file beside its journal, for the owner's eyes only."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from pathlib import Path

CURE = "Restore it from a backup, or start a new range in another folder with --data."


class VaultUnreadable(Exception):
    """The key file is damaged, or is not ours to read; the message says which file and what to do."""


class FileVault:
    """A JSON file of base64 values, mode 0600; replaced as a whole: a crash leaves the old or the new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._secrets = self._read()

    def __repr__(self) -> str:
        return f"FileVault({str(self._path)!r})"

    def get(self, name: str) -> bytes | None:
        """The secret stored under `name`, or None."""
        return self._secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        """Store `secret` under `name`; it is on disk when this returns."""
        self._secrets[name] = secret
        self._write()

    def _read(self) -> dict[str, bytes]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as problem:
            raise VaultUnreadable(f"The key file {self._path} cannot be read: {problem}. {CURE}") from None
        try:
            return {name: b64decode(value, validate=True) for name, value in json.loads(text).items()}
        except (ValueError, AttributeError, TypeError, NotBase64):
            raise VaultUnreadable(f"The key file {self._path} is damaged. {CURE}") from None

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        encoded = {name: b64encode(secret).decode() for name, secret in sorted(self._secrets.items())}
        write_private(self._path, json.dumps(encoded, indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace `path`, durably and as a whole, by a file with `text` for its owner's eyes (mode 0600)."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
