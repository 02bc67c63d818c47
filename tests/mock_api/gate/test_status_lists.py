"""Status list tokens as a gate reads them: ours, for this address, whole, and within limits."""

from __future__ import annotations

import zlib
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from mock_api.core.compact import to_base64url
from mock_api.core.enforcement.questions import StatusList
from mock_api.core.keyring import SigningKey
from mock_api.gate import status_lists
from mock_api.gate.status_lists import ListUnreadable, read_status_list

URI = "https://leaklab.invalid/status-lists/1"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = {**OKPAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True), "kid": "key_1", "alg": "EdDSA"}
KEYS = {"key_1": SigningKey("key_1", "EdDSA", PUBLIC, jwt.PyJWK(PUBLIC, "EdDSA"))}


def token(header: dict[str, Any] | None = None, key: Any = PRIVATE, **claims: Any) -> bytes:
    """A status list token; what is None is left out."""
    said = {
        "sub": URI, "iat": 1000, "exp": 2000, "ttl": 30,
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},  # The first vector of the draft.
        **claims,
    }
    named = {"typ": "statuslist+jwt", "kid": "key_1", **(header or {})}
    return jwt.encode({k: v for k, v in said.items() if v is not None}, key, "EdDSA", named).encode()


def test_the_drafts_vector_is_read() -> None:
    assert read_status_list(KEYS, URI, token()) == StatusList(URI, 1, bytes.fromhex("b9a3"), 1000, 2000, 30)


def test_expiry_and_ttl_may_be_left_out() -> None:
    found = read_status_list(KEYS, URI, token(exp=None, ttl=None))
    assert (found.expires_at, found.ttl) == (None, None)


@pytest.mark.parametrize("bad", [
    token(sub="https://leaklab.invalid/status-lists/2"), token(sub=None), token(iat=None), token(iat="now"),
    token(exp="later"), token(ttl=0), token(ttl=-1), token(ttl=True), token(status_list=None),
    token(status_list={"bits": 3, "lst": "eNrbuRgAAhcBXQ"}), token(status_list={"bits": True, "lst": "eNrbuRgAAhcBXQ"}),
    token(status_list={"bits": 1, "lst": "eNrbuRgAAhcBXQ=="}), token(status_list={"bits": 1, "lst": "eNrbuRgA"}),
    token(status_list={"bits": 1, "lst": to_base64url(b"not compressed")}), token(status_list={"bits": 1}),
    token({"typ": "at+jwt"}), token({"kid": "key_2"}), token({"crit": ["b64"]}),
    token(key=Ed25519PrivateKey.from_private_bytes(b"x" * 32)), b"", b"a.b.c", b"\xff", token() + b"A",
])
def test_what_is_not_a_list_of_ours_is_no_answer(bad: bytes) -> None:
    with pytest.raises(ListUnreadable):
        read_status_list(KEYS, URI, bad)


def test_an_array_that_unfolds_without_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_lists, "ARRAY_LIMIT", 1000)
    bomb = to_base64url(zlib.compress(b"\0" * 1001, 9))
    with pytest.raises(ListUnreadable, match="does not end"):
        read_status_list(KEYS, URI, token(status_list={"bits": 1, "lst": bomb}))
    whole = to_base64url(zlib.compress(b"\0" * 999, 9))
    assert len(read_status_list(KEYS, URI, token(status_list={"bits": 1, "lst": whole})).statuses) == 999
