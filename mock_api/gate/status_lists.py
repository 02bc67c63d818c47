"""Reads status list tokens (draft-ietf-oauth-status-list §5.1, §8.3): signature, type, subject; then the array."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import jwt

from mock_api.core.compact import Unreadable, base64url, is_instant, json_object, parts
from mock_api.core.enforcement.questions import StatusList
from mock_api.core.keyring import SigningKey

TYPE = "statuslist+jwt"
TEXT_LIMIT = 32 * 1024 * 1024   # characters of a status list token
ARRAY_LIMIT = 32 * 1024 * 1024  # bytes of the array; a compressed one could unfold without end

_JWS = jwt.PyJWS(algorithms=["EdDSA", "ES256", "RS256"])


class ListUnreadable(ValueError):
    """This is no status list of ours: whoever asked has no answer."""


def read_status_list(keys: Mapping[str, SigningKey], uri: str, text: bytes) -> StatusList:
    """The list that was fetched from `uri`, if one of `keys` signed it and it says so; raises ListUnreadable."""
    try:
        return _list(uri, _verified(keys, text.decode("ascii").strip()))
    except (Unreadable, UnicodeDecodeError) as problem:
        raise ListUnreadable(f"the text {problem}") from None


def _verified(keys: Mapping[str, SigningKey], token: str) -> dict[str, object]:
    header_text, payload_text, _ = parts(token, TEXT_LIMIT)
    header = json_object(base64url(header_text))
    kid = header.get("kid")
    key = keys.get(kid) if isinstance(kid, str) else None
    if header.get("typ") != TYPE or key is None or header.get("alg") != key.algorithm or "crit" in header:
        raise ListUnreadable("the header is not the one of a status list")
    try:
        _JWS.decode_complete(token, key.verifier, algorithms=[key.algorithm])
    except jwt.PyJWTError:
        raise ListUnreadable("the signature is not ours") from None
    return json_object(base64url(payload_text))


def _list(uri: str, claims: dict[str, object]) -> StatusList:
    issued_at, expires_at, ttl = claims.get("iat"), claims.get("exp"), claims.get("ttl")
    if claims.get("sub") != uri:
        raise ListUnreadable("it is the list of another address")
    if not is_instant(issued_at) or not (expires_at is None or is_instant(expires_at)):
        raise ListUnreadable("an instant is missing or none")
    if not (ttl is None or (is_instant(ttl) and ttl > 0)):
        raise ListUnreadable("its ttl is no span")
    match claims.get("status_list"):
        case {"bits": (1 | 2 | 4 | 8) as bits, "lst": str(packed)} if not isinstance(bits, bool):
            return StatusList(uri, bits, _unpacked(packed), issued_at, expires_at, ttl)
    raise ListUnreadable("the list has another form")


def _unpacked(packed: str) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        array = unpacking.decompress(base64url(packed), ARRAY_LIMIT)
    except zlib.error:
        raise ListUnreadable("the array is not compressed as it should be") from None
    if not unpacking.eof:
        raise ListUnreadable("the array does not end, or not within its limit")
    return array
