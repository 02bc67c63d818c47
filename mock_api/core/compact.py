"""Reading compact JWS texts strictly (RFC 7515 §7.1): one text for one meaning, or none."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NoReturn, TypeGuard

WORD_LIMIT = 256  # characters of a string that may stand in an event

_SHAPE = re.compile(r"([\w-]+)\.([\w-]+)\.([\w-]+)", re.ASCII)


class Unreadable(ValueError):
    """The text is not what it should be; the message says why, and holds nothing of the text."""


def parts(text: str, limit: int) -> tuple[str, str, str]:
    """Header, payload and signature of a compact JWS of at most `limit` characters; raises Unreadable."""
    if len(text) > limit:
        raise Unreadable(f"has more than {limit} characters")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise Unreadable("is not three base64url parts joined by dots")
    return shape[1], shape[2], shape[3]


def base64url(text: str) -> bytes:
    """The bytes of `text`, if no other text has the same bytes (RFC 4648 §3.5); raises Unreadable."""
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Unreadable("has a part that is not base64url") from None
    if to_base64url(decoded) != text:
        raise Unreadable("has a part that is not in canonical base64url")
    return decoded


def to_base64url(octets: bytes) -> str:
    """`octets` without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def json_object(text: bytes) -> dict[str, object]:
    """The JSON object of `text`; raises Unreadable, for duplicate members, NaN and bottomless nesting as well."""
    try:
        value = _JSON.decode(text.decode())
    except (ValueError, RecursionError):
        raise Unreadable("has a part that is not plain JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("has a part that is not a JSON object")
    return value


def is_word(value: object) -> TypeGuard[str]:
    """Whether `value` is a string that may stand in an event: short, printable, no lone surrogates."""
    return isinstance(value, str) and 0 < len(value) <= WORD_LIMIT and value.isprintable()


def is_instant(value: object) -> TypeGuard[int | float]:
    """Whether `value` is a JSON number in the range of instants; bool is an int to Python, not to us."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


_JSON = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
