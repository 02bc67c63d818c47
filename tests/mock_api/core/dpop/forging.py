"""Somebody with a key, who makes proofs: good ones, and ones with one thing wrong."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from mock_api.core.dpop import Presented

URL = "https://api.leaklab.invalid/v1/videos"
ABSENT = object()  # leaves a member out


def base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@cache
def private_key(kind: str, which: int = 0) -> Any:
    """A private key of that kind; another `which`, another key."""
    match kind:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case "EdDSA" | "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return rsa.generate_private_key(65537, int(kind.partition("/")[2] or 2048))


class Holder:
    """Holds a key and makes proofs with it."""

    def __init__(self, algorithm: str = "ES256", which: int = 0) -> None:
        self.algorithm = algorithm.partition("/")[0]
        self.key = private_key("RSA" if algorithm in {"RS256", "PS256"} else algorithm, which)
        self._numbers = count(1)

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key (RFC 7517), without the members that a thumbprint leaves out."""
        public = self.key.public_key()
        if self.algorithm in {"ES256", "ES384"}:
            jwk = ECAlgorithm.to_jwk(public, as_dict=True)
        elif self.algorithm in {"EdDSA", "Ed25519"}:
            jwk = OKPAlgorithm.to_jwk(public, as_dict=True)
        else:
            jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
        return {name: value for name, value in jwk.items() if name in {"kty", "crv", "x", "y", "n", "e"}}

    @property
    def thumbprint(self) -> str:
        """RFC 7638, by the book and not by our code."""
        text = json.dumps(self.jwk, sort_keys=True, separators=(",", ":"))
        return base64url(sha256(text.encode()).digest())

    def claims(self, at: float, method: str, url: str, token: str | None = None, **more: object) -> dict[str, object]:
        """What a proof says; `more` replaces or, as ABSENT, takes away."""
        said: dict[str, object] = {"jti": f"proof-{next(self._numbers)}", "htm": method, "htu": url, "iat": int(at)}
        if token is not None:
            said["ath"] = base64url(sha256(token.encode()).digest())
        said.update(more)
        return {name: value for name, value in said.items() if value is not ABSENT}

    def sign(self, claims: object, **header: object) -> str:
        """A compact JWS of `claims`, signed whatever the header says."""
        said: dict[str, object] = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk, **header}
        kept = {name: value for name, value in said.items() if value is not ABSENT}
        return self.sign_text(json.dumps(kept).encode(), json.dumps(claims).encode())

    def sign_text(self, header: bytes, payload: bytes) -> str:
        """A compact JWS of these very bytes."""
        signed = f"{base64url(header)}.{base64url(payload)}"
        name = "EdDSA" if self.algorithm == "Ed25519" else self.algorithm
        signature = jwt.algorithms.get_default_algorithms()[name].sign(signed.encode(), self.key)
        return f"{signed}.{base64url(signature)}"

    def proof(self, at: float, method: str = "GET", url: str = URL, token: str | None = None, **more: object) -> str:
        """A good proof."""
        return self.sign(self.claims(at, method, url, token, **more))

    def presented(
        self, at: float, method: str = "GET", url: str = URL, token: str | None = None, **more: object
    ) -> Presented:
        """A request with a good proof."""
        return Presented((self.proof(at, method, url, token, **more),), method, url)
