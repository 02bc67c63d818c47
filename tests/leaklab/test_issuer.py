"""A range's name: chosen once, kept beside its keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from leaklab.issuer import checked, chosen_issuer
from leaklab.problems import Problem
from leaklab.vault import FileVault


def test_a_new_range_keeps_the_name_it_was_given(tmp_path: Path) -> None:
    assert chosen_issuer(FileVault(tmp_path / "keys.json"), True, "http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    again = FileVault(tmp_path / "keys.json")
    assert chosen_issuer(again, False, None) == "http://127.0.0.1:8000"
    assert chosen_issuer(again, False, "http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    with pytest.raises(Problem, match="new range in another folder"):
        chosen_issuer(again, False, "http://127.0.0.1:9000")


def test_without_a_name_it_is_one_that_nobody_can_own(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "keys.json")
    assert chosen_issuer(vault, True, None) == "https://leaklab.invalid"
    assert not (tmp_path / "keys.json").exists()
    with pytest.raises(Problem):
        chosen_issuer(vault, False, "http://127.0.0.1:8000")


@pytest.mark.parametrize("url", [
    "", "localhost:8000", "ftp://a.example", "http://", "http://a.example/path", "http://a.example?x=1",
    "http://a.example#x", "http://user@a.example", "http://a.example:99999", "http://ä.example", "http://a b.example",
])
def test_what_is_no_address_of_a_server_is_no_name(url: str) -> None:
    with pytest.raises(Problem):
        checked(url)
