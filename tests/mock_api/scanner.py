"""A secret scanner for tests: a key pair, the list that it publishes, and signed batches."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mock_api.core.events import ScannerKey


class Scanner:
    """Signs what it is told to with a P-256 key of its own."""

    def __init__(self, identifier: str = "scanner-1") -> None:
        self.identifier = identifier
        self._key = ec.generate_private_key(ec.SECP256R1())

    def published(self, *, is_current: bool = True) -> ScannerKey:
        """The key as the list of keys has it."""
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return ScannerKey(self.identifier, pem.decode(), is_current)

    def sign(self, body: bytes) -> str:
        """The signature over the raw bytes."""
        return b64encode(self._key.sign(body, ec.ECDSA(SHA256()))).decode()

    def headers(self, body: bytes) -> dict[str, str]:
        """What goes with the body on the wire."""
        return {
            "Github-Public-Key-Identifier": self.identifier, "Github-Public-Key-Signature": self.sign(body),
            "Content-Type": "application/json",
        }


def batch_of(*tokens: str, kind: str = "leaklab_tester_key", url: str = "https://example.org/gist") -> bytes:
    """A batch that reports each token, all from one place."""
    reports: list[dict[str, Any]] = [
        {"token": token, "type": kind, "url": url, "source": "Gist_content"} for token in tokens
    ]
    return json.dumps(reports).encode()
