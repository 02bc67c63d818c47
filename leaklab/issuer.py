"""The name under which a range's tokens are issued: chosen once, for every token and every discovery names it."""

from __future__ import annotations

from urllib.parse import urlsplit

from mock_api.core.authority import ISSUER
from mock_api.core.ports import Vault

from .problems import Problem

PLACE = "issuer"  # in the vault


def chosen_issuer(vault: Vault, is_new: bool, wanted: str | None) -> str:
    """The issuer of a range: the one it began with, for a new one `wanted`, which is kept; raises Problem."""
    kept = vault.get(PLACE)
    known = ISSUER if kept is None else kept.decode()
    if wanted is None:
        return known
    wanted = checked(wanted)
    if not is_new and wanted != known:
        raise Problem(
            f"This range issues its tokens as {known}, and they would all be refused under another name. Leave out "
            "--issuer, or start a new range in another folder with --data.",
            exit_code=2,
        )
    if wanted != ISSUER:
        vault.put(PLACE, wanted.encode())
    return wanted


def checked(url: str) -> str:
    """`url` as an issuer identifier (RFC 8414 §2) of a server that answers at its root; raises Problem."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good or parts.path not in {"", "/"} or parts.username is not None or not url.isascii():
        raise Problem(
            f"--issuer {url!r} is no address such as https://api.example or http://127.0.0.1:8000.", exit_code=2
        )
    if "?" in url or "#" in url or not url.isprintable() or " " in url:
        raise Problem("--issuer takes an address without a query and without a fragment.", exit_code=2)
    return url.removesuffix("/")
