"""What an access token may be granted, and which actions each grant opens (RFC 6749 §3.3)."""

from __future__ import annotations

from .errors import InvalidScope

READ, WRITE = "videos.read", "videos.write"
SCOPES = (READ, WRITE)

ACTIONS = {
    "videos.create": WRITE,
    "videos.remix": WRITE,
    "videos.edit": WRITE,
    "videos.extend": WRITE,
    "videos.delete": WRITE,
    "videos.characters": WRITE,
    "videos.retrieve": READ,
    "videos.list": READ,
    "videos.content": READ,
}

# Tokens carry their scopes in the order of SCOPES: few different strings, which the gate need not parse.
PERMITTED: dict[str, frozenset[str]] = {
    granted: frozenset(action for action, scope in ACTIONS.items() if scope in granted.split(" "))
    for granted in (READ, WRITE, f"{READ} {WRITE}")
}
EVERYTHING = f"{READ} {WRITE}"


def narrowed(requested: str | None, most: str) -> str:
    """The scope string granted where `most` is all there is to have, and the default; raises InvalidScope."""
    wishes = granted(requested or most)
    if not set(wishes.split(" ")) <= set(most.split(" ")):
        raise InvalidScope(f"`scope` may hold no more than {most}.", param="scope")
    return wishes


def granted(requested: str | None) -> str:
    """The scope string granted for the one asked for, everything by default; raises InvalidScope."""
    wishes = (requested or EVERYTHING).split(" ")
    if not set(wishes) <= set(SCOPES):
        raise InvalidScope(f"`scope` may hold {READ} and {WRITE}, separated by one space.", param="scope")
    return " ".join(scope for scope in SCOPES if scope in wishes)
