"""What a revocation would touch: asked before it is done, and told afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .scopes import AllScope, CohortScope, FamilyScope, IssuedBeforeScope, KeyScope, Scope, TesterScope, TokenScope
from .video import VideoRecord

if TYPE_CHECKING:
    from .authority import Authority


class BlastRadius(Struct, frozen=True):
    """Counts of what still works and would stop. `testers`: who loses a token or a key; videos by stage."""

    tokens: int
    testers: int
    keys: int
    videos_in_flight: int
    videos_held: int
    videos_approved: int


def measure(authority: Authority, scope: Scope, now: float) -> BlastRadius:
    """The blast radius of revoking `scope` at `now`; what is revoked, expired or gone does not count.

    However many tokens there are, it costs the same; every output under the scope is looked at.
    """
    authority.programme.expire(now)
    stopping = authority.programme.in_force.count(scope, now)
    outputs = outputs_under(authority, scope)
    family = authority.families.exchanged_for(scope.jti) if isinstance(scope, TokenScope) else None
    if family is not None:  # What was exchanged for a token goes with it.
        also = outputs_under(authority, FamilyScope(family.family_id))
        outputs = list({record.video_id: record for record in (*outputs, *also)}.values())
    return BlastRadius(*stopping, *authority.videos.count(outputs))


def outputs_under(authority: Authority, scope: Scope) -> list[VideoRecord]:
    """Which outputs `scope` covers: all that a covered person ever made, else those of the covered tokens.

    Expired tokens leave the books; where their key or instant of issue decides, their outputs count as
    covered: when in doubt an output is locked, not let out.
    """
    videos = authority.videos
    match scope:
        case AllScope():
            return list(videos.records.values())
        case TesterScope(tester_id=tester_id):
            return videos.of_tester(tester_id)
        case CohortScope(cohort=cohort):
            return videos.of_cohort(cohort)
        case TokenScope(jti=jti):
            return _of_token(authority, jti)
        case FamilyScope(family_id=family_id):
            return _of_family(authority, family_id)
        case IssuedBeforeScope() | KeyScope():
            tokens, covers = authority.programme.tokens, authority.register.covers(scope)
            return [
                record for record in videos.records.values()
                if record.jti not in tokens or covers(tokens[record.jti])
            ]


def _of_token(authority: Authority, jti: str) -> list[VideoRecord]:
    token = authority.programme.tokens.get(jti)
    among = authority.videos.of_tester(token.tester_id) if token else authority.videos.records.values()
    return [record for record in among if record.jti == jti]


def _of_family(authority: Authority, family_id: str) -> list[VideoRecord]:
    """The outputs of a family: those of its tester, but for tokens that are known to be of another."""
    tokens, family = authority.programme.tokens, authority.families.families.get(family_id)
    among = [] if family is None else authority.videos.of_tester(family.tester_id)
    return [record for record in among if record.jti not in tokens or tokens[record.jti].family == family_id]
