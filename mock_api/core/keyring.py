"""The keys that sign access tokens. Public halves are in the event log, private halves in the vault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from msgspec import Struct

from .events import SigningKeyAdded
from .ports import SecretSource

if TYPE_CHECKING:
    from .authority import Authority

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class SigningKey(Struct, frozen=True):
    """The public half of a signing key: `jwk` as published (RFC 7517), `verifier` as PyJWT wants it."""

    kid: str
    algorithm: str
    jwk: dict[str, str]
    verifier: jwt.PyJWK


class Keyring:
    """All keys that ever signed, in order of age; the newest signs."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._private: dict[str, PrivateKey] = {}
        self.keys: dict[str, SigningKey] = {}
        self.current: SigningKey | None = None

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the keyring."""
        return {SigningKeyAdded: self.apply_signing_key_added}

    def ensure(self, now: float, by: str = "authority") -> SigningKey:
        """The key to sign with: a new one if the last is revoked, lost, or not of the policy's algorithm."""
        key = self.current
        if (
            key is None
            or key.algorithm != self._authority.policy.signing_algorithm
            or key.kid in self._authority.register.revoked.kids
            or self._find_private(key.kid) is None
        ):
            return self.keys[self.rotate(now, by)]
        return key

    def rotate(self, now: float, by: str) -> str:
        """Make a new signing key and return its `kid`. Tokens of the older keys stay good until revoked."""
        algorithm = self._authority.policy.signing_algorithm
        kid = self._authority.ids.new("key")
        private = _generate(algorithm, self._authority.secrets)
        secret = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._authority.vault.put(_vault_name(kid), secret)
        public = {**_public_members(private), "kid": kid, "use": "sig", "alg": algorithm}
        self._authority.record(SigningKeyAdded(now, kid, algorithm, public, by))
        return kid

    def private(self, kid: str) -> PrivateKey:
        """The private half of the key `kid`; KeyError if the vault does not have it."""
        private = self._find_private(kid)
        if private is None:
            raise KeyError(kid)
        return private

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The JWK set of every key that is not revoked (RFC 7517 §5)."""
        revoked = self._authority.register.revoked.kids
        return {"keys": [dict(key.jwk) for key in self.keys.values() if key.kid not in revoked]}

    def apply_signing_key_added(self, event: SigningKeyAdded) -> None:
        """The new key signs from now on."""
        verifier = jwt.PyJWK(event.public, event.algorithm)
        self.current = SigningKey(event.kid, event.algorithm, event.public, verifier)
        self.keys[event.kid] = self.current

    def _find_private(self, kid: str) -> PrivateKey | None:
        if kid not in self._private:
            secret = self._authority.vault.get(_vault_name(kid))
            if secret is None:
                return None
            private = load_der_private_key(secret, None)
            assert isinstance(private, PrivateKey)  # noqa: S101  # The vault holds what `rotate` put there.
            self._private[kid] = private
        return self._private[kid]


def _vault_name(kid: str) -> str:
    return f"signing-key-{kid}"


def _generate(algorithm: str, source: SecretSource) -> PrivateKey:
    """A private key from the secret source, so that the lab repeats.

    RSA alone is drawn by OpenSSL, which takes no seed: a lab log under RS256 differs in its public keys.
    """
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.from_private_bytes(source.token_bytes(32))
    if algorithm == "ES256":
        # 48 bytes for a 32-byte group order leave no bias worth naming (FIPS 186-5 A.2.1).
        curve = ec.SECP256R1()
        secret = int.from_bytes(source.token_bytes(48), "big") % (curve.group_order - 1) + 1
        return ec.derive_private_key(secret, curve)
    return rsa.generate_private_key(65537, 2048)


def _public_members(private: PrivateKey) -> dict[str, str]:
    public = private.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        members = OKPAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        members = ECAlgorithm.to_jwk(public, as_dict=True)
    else:
        members = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {name: value for name, value in members.items() if isinstance(value, str)}
