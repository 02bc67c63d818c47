"""A proof on its way in: one compact JWS that names its key, its request and its instant (RFC 9449 §4.2)."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple

import jwt
from jwt.algorithms import OKPAlgorithm
from msgspec import Struct

from mock_api.core.compact import Unreadable, base64url, is_instant, is_word, json_object, parts, to_base64url
from mock_api.core.errors import ProofInvalid

from .keys import ALGORITHMS, public_key, thumbprint

TYPE = "dpop+jwt"
SIZE_LIMIT = 8192   # characters; a proof with an RSA key of 4096 bits has about 1700
URL_LIMIT = 4096    # characters of `htu`

_JWS = jwt.PyJWS(algorithms=list(ALGORITHMS))
_JWS.register_algorithm("Ed25519", OKPAlgorithm())

_URL = re.compile(r"(https?)://([^/?#@\\\s]+)([^?#\s]*)(?:[?#]\S*)?", re.ASCII | re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-f]{2})", re.ASCII | re.IGNORECASE)
_USUAL_PORT = {"http": ":80", "https": ":443"}


class Proof(Struct, frozen=True, gc=False):
    """What a well-signed proof says; `thumbprint` is that of the key which signed it. Nothing is compared yet."""

    jti: str
    method: str
    url: str                       # normalised, without query and fragment
    issued_at: float
    thumbprint: str
    nonce: str | None = None
    token_hash: str | None = None  # `ath`


class Presented(NamedTuple):
    """How a request shows possession of a key: its `DPoP` headers, its method, its public URL.

    Who is in this process may show a `Proof` that needs no signature: it is then taken at its word.
    """

    proofs: tuple[str | Proof, ...]
    method: str
    url: str


def read(proofs: tuple[str | Proof, ...]) -> Proof:
    """The one proof there is, well formed and signed by the key inside it; raises ProofInvalid.

    These are checks 1 to 7 of RFC 9449 §4.3: one header, one JWT, its claims, `typ`, `alg`, signature, public key.
    """
    if len(proofs) != 1:
        raise ProofInvalid("Send one DPoP header, neither none nor several.")
    (proof,) = proofs
    if isinstance(proof, Proof):
        return proof
    try:
        return _read(proof)
    except Unreadable as why:
        raise ProofInvalid(f"The DPoP proof {why}.") from None


def token_hash(token: str) -> str:
    """`ath`: the SHA-256 of the access token's characters in base64url (RFC 9449 §4.2)."""
    return to_base64url(sha256(token.encode()).digest())


def normalised(url: str) -> str:
    """`url` without query and fragment, spelt as RFC 3986 §6.2.2 and §6.2.3 would; raises Unreadable."""
    shape = _URL.fullmatch(url) if len(url) <= URL_LIMIT else None
    if shape is None:
        raise Unreadable("names no http or https address")
    scheme, authority = shape[1].lower(), shape[2].lower()
    authority = authority.removesuffix(_USUAL_PORT[scheme]).removesuffix(":")
    return f"{scheme}://{authority}{_ESCAPE.sub(_unescaped, shape[3]) or '/'}"


def _read(text: str) -> Proof:
    header_text, payload_text, signature_text = parts(text, SIZE_LIMIT)
    header, payload = json_object(base64url(header_text)), json_object(base64url(payload_text))
    base64url(signature_text)
    if header.get("typ") != TYPE:
        raise Unreadable(f"is not of the type {TYPE}")
    if "crit" in header or "b64" in header:
        raise Unreadable("asks for an extension that is not spoken here")
    jwk, algorithm = header.get("jwk"), header.get("alg")
    key = public_key(jwk, algorithm)
    try:
        _JWS.decode_complete(text, key.key, algorithms=[str(algorithm)])
    except jwt.PyJWTError:
        raise Unreadable("is not signed by the key inside it") from None
    assert isinstance(jwk, dict)  # noqa: S101 - `public_key` took it.
    return _claims(payload, thumbprint(jwk))


def _claims(claims: dict[str, object], key: str) -> Proof:
    jti, method, url, issued_at = (claims.get(name) for name in ("jti", "htm", "htu", "iat"))
    nonce, hashed = claims.get("nonce"), claims.get("ath")
    if not (is_word(jti) and is_word(method) and isinstance(url, str) and is_instant(issued_at)):
        raise Unreadable("lacks jti, htm, htu or iat, or has one of the wrong type")
    if not ((nonce is None or is_word(nonce)) and (hashed is None or is_word(hashed))):
        raise Unreadable("has a nonce or an ath of the wrong type")
    return Proof(jti, method, normalised(url), float(issued_at), key, nonce, hashed)


def _unescaped(escape: re.Match[str]) -> str:
    """Letters, digits and `-._~` need no escape; other escapes are written in capitals (RFC 3986 §2.3)."""
    letter = chr(int(escape[1], 16))
    plain = letter.isascii() and (letter.isalnum() or letter in "-._~")
    return letter if plain else escape[0].upper()
