"""The scanner's side of GitHub's partner programme: a key pair, the list that publishes it, signed batches.

Batches are signed with ECDSA on P-256 with SHA-256, over the raw body.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from leaklab.problems import Problem
from leaklab.vault import write_private

KEY_FILE = "scanner-key.pem"
_KINDS = {"llk_": "leaklab_tester_key", "llr_": "leaklab_refresh_token", "llo_": "leaklab_operator_key"}


class ScannerKeyPair:
    """A P-256 key pair; its identifier is the SHA-256 of the public key, as GitHub's are."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        public = private.public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.identifier = sha256(der).hexdigest()
        self._pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def __repr__(self) -> str:
        return f"ScannerKeyPair({self.identifier!r})"

    @classmethod
    def fresh(cls) -> ScannerKeyPair:
        """A pair that nobody has seen."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def kept_in(cls, folder: Path) -> ScannerKeyPair:
        """The pair in `folder`, made there (mode 0600) if there is none; raises Problem for a file that holds none."""
        path = folder / KEY_FILE
        if not path.exists():
            made = cls.fresh()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(path, made._private_pem())
            return made
        try:
            private = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
            raise Problem(f"{path} holds no P-256 private key. Delete it, or choose with --keys.", exit_code=3)
        return cls(private)

    def published(self, *, is_current: bool = True) -> dict[str, object]:
        """The pair's entry in the list of public keys."""
        return {"key_identifier": self.identifier, "key": self._pem, "is_current": is_current}

    def headers(self, body: bytes) -> dict[str, str]:
        """What goes with `body`: who signs, and the signature."""
        signature = b64encode(self._private.sign(body, ec.ECDSA(SHA256()))).decode()
        return {
            "Content-Type": "application/json", "Github-Public-Key-Identifier": self.identifier,
            "Github-Public-Key-Signature": signature,
        }

    def _private_pem(self) -> str:
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def batch_of(tokens: Sequence[str], place: str, source: str) -> bytes:
    """The body that reports `tokens`, all found at `place`."""
    reports = [{"token": token, "type": _kind(token), "url": place, "source": source} for token in tokens]
    return json.dumps(reports).encode()


def _kind(token: str) -> str:
    """What a scanner takes a text for, by its first characters."""
    return _KINDS.get(token[:4], "leaklab_access_token" if token.startswith("ey") else "unknown")
