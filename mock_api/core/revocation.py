"""The revocation register: who is revoked, who is suspended, and whether the programme runs at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import errors
from .errors import Refusal, TesterSuspended, TokenRevoked
from .events import ProgrammePaused, ProgrammeResumed, Revoked, SigningKeyRetired, Suspended, SuspensionLifted
from .programme import IssuedToken, Tester
from .reach import NEVER, Coverable, Reach
from .scopes import AllScope, CohortScope, FamilyScope, IssuedBeforeScope, KeyScope, Scope, TesterScope, TokenScope
from .suspensions import Suspensions

if TYPE_CHECKING:
    from .authority import Authority


class RevocationRegister:
    """Everything a responder has stopped: revoked for good, suspended for a time, paused until resumed."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.revoked = Reach()
        self.revocations: dict[str, Revoked] = {}
        self.suspensions: dict[str, Suspended] = {}  # in force
        self.ended: set[str] = set()                 # suspensions that were lifted or ran out
        self._suspended = Suspensions()              # the same, to be asked in constant time
        self.pause: ProgrammePaused | None = None

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the register."""
        return {
            Revoked: self.apply_revoked,
            SigningKeyRetired: self.apply_signing_key_retired,
            Suspended: self.apply_suspended,
            SuspensionLifted: self.apply_suspension_lifted,
            ProgrammePaused: self.apply_programme_paused,
            ProgrammeResumed: self.apply_programme_resumed,
        }

    @property
    def paused(self) -> bool:
        """Whether the kill switch is on."""
        return self.pause is not None

    @property
    def suspended(self) -> Reach:
        """What the suspensions in force cover."""
        return self._suspended.reach

    def refusal(self, token: Coverable, now: float) -> Refusal | None:
        """Why the token is refused, or None: revoked before paused before suspended, in constant time."""
        if self.revoked.covers(token):
            return TokenRevoked("This access token was revoked.")
        if self.pause is not None:
            return errors.ProgrammePaused("The programme is paused.")
        return _suspension(self._suspended.end(token), now) if self.suspensions else None

    def tester_refusal(self, tester: Tester, now: float) -> Refusal | None:
        """Why the tester gets no new token, or None."""
        if self.pause is not None:
            return errors.ProgrammePaused("The programme is paused.")
        return _suspension(self._suspended.end_for(tester, now), now)

    def covers(self, scope: Scope) -> Callable[[IssuedToken], bool]:
        """Whether a scope, if it were revoked now, covers a token: the question of a dry run."""
        reach = Reach()
        reach.add(scope)
        return reach.covers

    def already(self, scope: Scope, now: float) -> bool:
        """Whether revoking `scope` now would change nothing, because all of it is revoked."""
        revoked, programme = self.revoked, self._authority.programme
        match scope:
            case TokenScope(jti=jti):
                token = programme.tokens.get(jti)
                return jti in revoked.jtis or (token is not None and revoked.covers(token))
            case KeyScope(kid=kid):
                return kid in revoked.kids
            case IssuedBeforeScope(instant=instant):
                return instant <= revoked.cutoff
            case FamilyScope(family_id=family_id):
                family = self._authority.families.families.get(family_id)
                return family is not None and revoked.covers(family.as_a_whole())
            case TesterScope(tester_id=tester_id) if tester_id not in programme.testers:
                return False
            case CohortScope(cohort=cohort) if cohort not in programme.cohorts:
                return False
            case AllScope() if not programme.cohorts:
                return False
        programme.expire(now)
        return programme.in_force.is_empty(scope, now)

    def apply_revoked(self, event: Revoked) -> None:
        """Refuse what the scope covers, as far as it was issued until now."""
        self.revocations[event.revocation_id] = event
        self.revoked.add(event.scope, event.at)

    def apply_signing_key_retired(self, event: SigningKeyRetired) -> None:
        """What a retired key has signed is refused like that of a revoked one."""
        self.revoked.add(KeyScope(event.kid))

    def apply_suspended(self, event: Suspended) -> None:
        """Refuse what the scope covers, also what is issued later, until the suspension ends."""
        self.suspensions[event.suspension_id] = event
        self._suspended.add(event.suspension_id, event.scope, event.until)
        self._authority.deadlines.set(event.until, self._run_out, event.suspension_id)

    def apply_suspension_lifted(self, event: SuspensionLifted) -> None:
        """Admit again what no other suspension covers."""
        self.ended.add(event.suspension_id)
        self.suspensions.pop(event.suspension_id, None)
        self._suspended.lift(event.suspension_id)

    def apply_programme_paused(self, event: ProgrammePaused) -> None:
        """Nobody gets in."""
        self.pause = event

    def apply_programme_resumed(self, _: ProgrammeResumed) -> None:
        """The kill switch is off."""
        self.pause = None

    def _run_out(self, suspension_id: str, at: float) -> None:
        if suspension_id in self.suspensions:
            self._authority.record(SuspensionLifted(at, suspension_id, "time"))


def _suspension(end: float, now: float) -> Refusal | None:
    if end == NEVER:
        return None
    return TesterSuspended("Access is suspended for now.", retry_after=max(0.0, end - now))
