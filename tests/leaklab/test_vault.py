"""The key file keeps secrets across restarts, for its owner's eyes only."""

from __future__ import annotations

from pathlib import Path

import pytest

from leaklab.vault import FileVault, VaultUnreadable


def test_what_is_put_is_there_after_a_restart(tmp_path: Path) -> None:
    FileVault(tmp_path / "keys.json").put("pepper", b"\x00\xffsecret")
    assert FileVault(tmp_path / "keys.json").get("pepper") == b"\x00\xffsecret"


def test_an_unknown_name_is_none(tmp_path: Path) -> None:
    assert FileVault(tmp_path / "keys.json").get("pepper") is None


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    FileVault(tmp_path / "keys.json").put("pepper", b"secret")
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_no_half_written_file_is_left_behind(tmp_path: Path) -> None:
    FileVault(tmp_path / "keys.json").put("pepper", b"secret")
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pepper": 1}', b'{"pepper": "not base64!"}', b"\xff\xfe"])
def test_a_damaged_file_is_named_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(VaultUnreadable, match=r"keys\.json"):
        FileVault(tmp_path / "keys.json")


def test_the_vault_does_not_print_its_secrets(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "keys.json")
    vault.put("pepper", b"secret")
    assert "secret" not in repr(vault)
