"""The authority's public keys as a gate knows them (RFC 7517). Whether one is revoked is the view's business."""

from __future__ import annotations

import jwt
import msgspec
from msgspec import Struct

from mock_api.core.keyring import SigningKey


class PublishedKey(Struct, frozen=True):
    """A member of a JWK set, as far as every key has it."""

    kid: str
    alg: str


class PublishedKeys(Struct, frozen=True):
    """A JWK set (RFC 7517 §5)."""

    keys: list[dict[str, str]]


_read_keys = msgspec.json.Decoder(PublishedKeys).decode


class KeySet(dict[str, SigningKey]):
    """Keys by `kid`; those that are published no longer stay, for the view to refuse."""

    def take(self, text: bytes) -> frozenset[str]:
        """Learn the keys of a JWK set, and return the names that stand in it; raises ValueError."""
        published = _read_keys(text).keys
        for jwk in published:
            known = msgspec.convert(jwk, PublishedKey)
            if known.kid not in self:
                try:
                    self[known.kid] = SigningKey(known.kid, known.alg, jwk, jwt.PyJWK(jwk, known.alg))
                except jwt.PyJWTError as problem:
                    raise ValueError(f"the key {known.kid} cannot be read") from problem
        return frozenset(jwk["kid"] for jwk in published)
