"""Tester keys can be found, checked offline, and not be had from what is stored."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core import tester_keys


class SeededSecrets:
    """Bytes from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


class EmptyVault:
    """A vault that starts empty."""

    def __init__(self) -> None:
        self.secrets: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self.secrets[name] = secret


@pytest.mark.parametrize("prefix", ["llk", "llo"])
def test_a_key_has_prefix_body_and_checksum(prefix: str) -> None:
    key = tester_keys.mint(SeededSecrets(1), prefix)
    assert re.fullmatch(prefix + r"_[0-9A-Za-z]{38}", key)
    assert tester_keys.is_well_formed(key, prefix)


def test_keys_differ() -> None:
    source = SeededSecrets(1)
    assert len({tester_keys.mint(source) for _ in range(1000)}) == 1000


@given(seed=st.integers(), position=st.integers(0, 41), character=st.characters())
def test_one_wrong_character_breaks_the_checksum(seed: int, position: int, character: str) -> None:
    key = tester_keys.mint(SeededSecrets(seed))
    typo = key[:position] + character + key[position + 1 :]
    assert tester_keys.is_well_formed(typo) == (typo == key)


@given(st.text())
def test_any_other_text_is_not_well_formed(text: str) -> None:
    assert not tester_keys.is_well_formed(text)


def test_an_operator_key_is_no_tester_key() -> None:
    assert not tester_keys.is_well_formed(tester_keys.mint(SeededSecrets(1), tester_keys.OPERATOR))


def test_a_trailing_newline_is_not_overlooked() -> None:
    assert not tester_keys.is_well_formed(tester_keys.mint(SeededSecrets(1)) + "\n")


def test_the_hash_depends_on_the_pepper_and_hides_the_key() -> None:
    key = tester_keys.mint(SeededSecrets(1))
    known = tester_keys.keyed_hash(b"pepper", key)
    assert re.fullmatch(r"[0-9a-f]{64}", known)
    assert known == tester_keys.keyed_hash(b"pepper", key)
    assert known != tester_keys.keyed_hash(b"another", key)


def test_the_pepper_is_made_once_and_kept() -> None:
    vault, source = EmptyVault(), SeededSecrets(1)
    first = tester_keys.pepper(vault, source)
    assert len(first) == 32
    assert tester_keys.pepper(vault, source) == first
