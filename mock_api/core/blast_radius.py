"""What a revocation would touch: asked before it is done, and told afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from .scopes import AllScope, FamilyScope, IssuedBeforeScope, KeyScope, Scope, TokenScope

if TYPE_CHECKING:
    from .authority import Authority

CoversOutput = Callable[[str, str], bool]  # (jti, tester_id) → whether an output made so is covered


class BlastRadius(Struct, frozen=True):
    """Counts of what still works and would stop. `testers`: who loses a token or a key; videos by stage."""

    tokens: int
    testers: int
    keys: int
    videos_in_flight: int
    videos_held: int
    videos_approved: int


def measure(authority: Authority, scope: Scope, now: float) -> BlastRadius:
    """The blast radius of revoking `scope` at `now`; what is revoked, expired or gone does not count."""
    programme, register = authority.programme, authority.register
    covers, stopped = register.covers(scope), register.revoked.covers
    members = {tester_id for tester_id, tester in programme.testers.items() if tester.left_at is None}
    holders = [
        token.tester_id
        for token in programme.tokens.values()
        if token.expires_at > now and token.tester_id in members and covers(token) and not stopped(token)
    ]
    keyed = [
        tester.tester_id
        for tester in programme.covered(scope)
        if tester.tester_id in members and tester.key is not None and not tester.key.revoked
    ]
    videos = authority.videos.count(outputs_under(authority, scope))
    return BlastRadius(len(holders), len({*holders, *keyed}), len(keyed), *videos)


def outputs_under(authority: Authority, scope: Scope) -> CoversOutput:
    """Which outputs `scope` covers: all that a covered person ever made, else those of the covered tokens.

    Expired tokens leave the books; where their key or instant of issue decides, their outputs count as
    covered: when in doubt an output is locked, not let out.
    """
    if isinstance(scope, TokenScope):
        return lambda jti, _: jti == scope.jti
    if isinstance(scope, AllScope):
        return lambda _, __: True
    if isinstance(scope, FamilyScope):
        return _family_outputs(authority, scope.family_id)
    if isinstance(scope, IssuedBeforeScope | KeyScope):
        tokens, covers = authority.programme.tokens, authority.register.covers(scope)
        return lambda jti, _: jti not in tokens or covers(tokens[jti])
    covered = {tester.tester_id for tester in authority.programme.covered(scope)}
    return lambda _, tester_id: tester_id in covered


def _family_outputs(authority: Authority, family_id: str) -> CoversOutput:
    """The outputs of a family: those of its tester, but for tokens that are known to be of another."""
    tokens, family = authority.programme.tokens, authority.families.families.get(family_id)
    whose = None if family is None else family.tester_id
    return lambda jti, tester_id: tester_id == whose and (jti not in tokens or tokens[jti].family == family_id)
