"""Reading status list tokens, as verifiers do (Token Status List §8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

import jwt

from .compact import Unreadable, base64url, is_instant, json_object, parts
from .enforcement.questions import StatusList
from .errors import ForgedToken, MalformedToken
from .status_codec import WIDTHS, decompress

if TYPE_CHECKING:
    from .keyring import SigningKey

TYPE = "statuslist+jwt"
SIZE_LIMIT = 1 << 24  # characters; a list of 131 072 places has at most 44 000

_JWS = jwt.PyJWS(algorithms=["EdDSA", "ES256", "RS256"])


class StatusListReader:
    """Reads status list tokens with the public keys it is given: `keys` by `kid`, looked up each time."""

    def __init__(self, keys: Mapping[str, SigningKey]) -> None:
        self._keys = keys

    def read(self, uri: str, text: bytes) -> StatusList:
        """The list of `uri`; raises MalformedToken or ForgedToken. Whether it is too old is for the caller to say."""
        try:
            token = text.decode("ascii")
            header_text, payload_text, signature_text = parts(token, SIZE_LIMIT)
            header, payload = json_object(base64url(header_text)), base64url(payload_text)
            base64url(signature_text)
        except (Unreadable, UnicodeDecodeError):
            raise MalformedToken("The status list is no compact JWS.") from None
        self._check_signature(token, header)
        return _status_list(uri, payload)

    def _check_signature(self, token: str, header: dict[str, object]) -> None:
        """By our table alone: the header may name a key of it, and chooses nothing (RFC 8725 §3.1)."""
        kid = header.get("kid")
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if header.get("typ") != TYPE or key is None or header.get("alg") != key.algorithm or "crit" in header:
            _forged("it is of another type, or names a key or an algorithm that is not ours")
        try:
            _JWS.decode_complete(token, key.verifier, algorithms=[key.algorithm])
        except jwt.PyJWTError:
            raise ForgedToken("The status list's signature is not ours.") from None


def _status_list(uri: str, payload: bytes) -> StatusList:
    try:
        claims = json_object(payload)
        match claims.get("status_list"):
            case {"bits": int(bits), "lst": str(lst)} if bits in WIDTHS and not isinstance(bits, bool):
                packed = decompress(lst)
            case _:
                _forged("it holds no list")
    except Unreadable as why:
        raise ForgedToken(f"The status list {why}.") from None
    if claims.get("sub") != uri:
        _forged("it is the list of another address")
    issued_at, expires_at, ttl = (_instant(claims, name) for name in ("iat", "exp", "ttl"))
    if issued_at is None or (ttl is not None and ttl <= 0):
        _forged("it does not say when it was issued, or for how long it is good")
    return StatusList(uri, bits, packed, issued_at, expires_at, ttl)


def _instant(claims: dict[str, object], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if not is_instant(value):
        _forged(f"its {name} is no number")
    return float(value)


def _forged(why: str) -> NoReturn:
    raise ForgedToken(f"The status list cannot be used: {why}.")
