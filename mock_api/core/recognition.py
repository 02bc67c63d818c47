"""Whose credential a text is, if it is one of ours. What cannot be ours by its looks alone costs next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from . import tester_keys
from .errors import Refusal

if TYPE_CHECKING:
    from .authority import Authority

Kind = Literal["tester_key", "access_token", "refresh_token", "operator_key", "gate_key", "receiver_key"]


class Recognised(NamedTuple):
    """A credential of this programme: what it is, and the token, the tester and the family that it leads to."""

    kind: Kind
    jti: str | None
    tester_id: str | None
    family_id: str | None = None


def recognise(authority: Authority, text: str) -> Recognised | None:
    """What `text` is; None if it opens nothing here, and never opened.

    Prefix and checksum are looked at first, so that a guess is refused offline; only what passes is hashed and
    looked up. An access token whose time is over is still ours; a tester key that a newer one has replaced is not.
    """
    if tester_keys.is_well_formed(text):
        holder = authority.programme.holder(text)
        return None if holder is None else Recognised("tester_key", None, holder.tester_id)
    if (house_key := _house_key(authority, text)) is not None:
        return Recognised(house_key, None, None)
    if tester_keys.is_well_formed(text, tester_keys.REFRESH):
        family = authority.families.of(text)
        return None if family is None else Recognised("refresh_token", None, family.tester_id, family.family_id)
    if not text.startswith("ey"):  # Every JSON object in base64url begins so.
        return None
    try:
        claims = authority.access_tokens.decode(text)
    except Refusal:
        return None
    if claims.tester_id not in authority.programme.testers:
        return None
    return Recognised("access_token", claims.jti, claims.tester_id)


def _house_key(authority: Authority, text: str) -> Kind | None:
    """Which key that belongs to no tester this is."""
    if tester_keys.is_well_formed(text, tester_keys.OPERATOR) and authority.operator.is_operator_key(text):
        return "operator_key"
    if tester_keys.is_well_formed(text, tester_keys.GATE) and authority.operator.is_gate_key(text):
        return "gate_key"
    if tester_keys.is_well_formed(text, tester_keys.RECEIVER) and authority.receivers.holder(text) is not None:
        return "receiver_key"
    return None
