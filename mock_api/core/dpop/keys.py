"""The public key inside a proof: which kinds are taken, and its thumbprint (RFC 7638)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mock_api.core.compact import Unreadable, to_base64url

# Algorithm: key type and curve. `Ed25519` is the newer name of `EdDSA` on that curve (RFC 9864 §2.2).
_KINDS: dict[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
    "PS256": ("RSA", None),
    "RS256": ("RSA", None),
}
ALGORITHMS = tuple(_KINDS)
RSA_BITS = range(2048, 4097)  # below, it is weak; above, verifying costs us more than sending costs the caller

_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


def public_key(jwk: object, algorithm: object) -> jwt.PyJWK:
    """The key of `jwk`, if it is a public one that fits `algorithm`; raises Unreadable."""
    if not isinstance(algorithm, str) or algorithm not in _KINDS:
        raise Unreadable("is not signed with an asymmetric algorithm that is taken here")
    if not isinstance(jwk, dict):
        raise Unreadable("holds no key")
    if not _PRIVATE.isdisjoint(jwk):
        raise Unreadable("holds a private key")
    if (jwk.get("kty"), jwk.get("crv")) != _KINDS[algorithm]:
        raise Unreadable("holds a key of another kind than its algorithm")
    try:
        key = jwt.PyJWK(jwk, "EdDSA" if algorithm == "Ed25519" else algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
        raise Unreadable("holds a key that cannot be read") from None
    if isinstance(key.key, rsa.RSAPublicKey) and key.key.key_size not in RSA_BITS:
        raise Unreadable(f"holds an RSA key that has not {RSA_BITS[0]} to {RSA_BITS[-1]} bits")
    # One key has one thumbprint: no padded, shortened or otherwise different spelling of its numbers.
    if not _required(jwk).items() <= key.Algorithm.to_jwk(key.key, as_dict=True).items():
        raise Unreadable("spells its key unusually")
    return key


def thumbprint(jwk: Mapping[str, object]) -> str:
    """The SHA-256 thumbprint of a public JWK in base64url (RFC 7638 §3)."""
    text = json.dumps(_required(jwk), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return to_base64url(sha256(text.encode()).digest())


def _required(jwk: Mapping[str, object]) -> dict[str, object]:
    """The members that make the key what it is (RFC 7638 §3.2, RFC 8037 §2)."""
    return {name: jwk[name] for name in _MEMBERS[str(jwk["kty"])]}
