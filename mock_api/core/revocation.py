"""The revocation register: who is revoked, who is suspended, and whether the programme runs at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

from . import errors
from .errors import Refusal, TesterSuspended, TokenRevoked
from .events import ProgrammePaused, ProgrammeResumed, Revoked, SigningKeyRetired, Suspended, SuspensionLifted
from .programme import IssuedToken, Tester
from .reach import NEVER, Coverable, Reach, scopes_around, scopes_around_person
from .scopes import AllScope, CohortScope, FamilyScope, IssuedBeforeScope, KeyScope, Scope, TesterScope, TokenScope

if TYPE_CHECKING:
    from .authority import Authority


class RevocationRegister:
    """Everything a responder has stopped: revoked for good, suspended for a time, paused until resumed."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.revoked = Reach()
        self.suspended = Reach()
        self.revocations: dict[str, Revoked] = {}
        self.suspensions: dict[str, Suspended] = {}  # in force
        self.ended: set[str] = set()                 # suspensions that were lifted or ran out
        self._ends: dict[Scope, dict[str, float]] = {}  # when those in force end, by scope
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

    def refusal(self, token: Coverable, now: float) -> Refusal | None:
        """Why the token is refused, or None: revoked before paused before suspended, in constant time."""
        if self.revoked.covers(token):
            return TokenRevoked("This access token was revoked.")
        if self.pause is not None:
            return errors.ProgrammePaused("The programme is paused.")
        if self.suspensions and self.suspended.covers(token):
            return self._suspension(scopes_around(token), token.issued_at, now)
        return None

    def tester_refusal(self, tester: Tester, now: float) -> Refusal | None:
        """Why the tester gets no new token, or None."""
        if self.pause is not None:
            return errors.ProgrammePaused("The programme is paused.")
        if self.suspended.covers_tester(tester, now):
            return self._suspension(scopes_around_person(tester), now, now)
        return None

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
        self.suspended.add(event.scope)
        self._ends.setdefault(event.scope, {})[event.suspension_id] = event.until
        self._authority.deadlines.set(event.until, self._run_out, event.suspension_id)

    def apply_suspension_lifted(self, event: SuspensionLifted) -> None:
        """Admit again what no other suspension covers."""
        self.ended.add(event.suspension_id)
        suspension = self.suspensions.pop(event.suspension_id, None)
        if suspension is not None:
            ends = self._ends[suspension.scope]
            del ends[event.suspension_id]
            if not ends:
                del self._ends[suspension.scope]
                self.suspended.remove(suspension.scope, self._ends)

    def apply_programme_paused(self, event: ProgrammePaused) -> None:
        """Nobody gets in."""
        self.pause = event

    def apply_programme_resumed(self, _: ProgrammeResumed) -> None:
        """The kill switch is off."""
        self.pause = None

    def _run_out(self, suspension_id: str, at: float) -> None:
        if suspension_id in self.suspensions:
            self._authority.record(SuspensionLifted(at, suspension_id, "time"))

    def _suspension(self, scopes: Iterable[Scope], issued_at: float, now: float) -> Refusal:
        """The refusal until the last suspension of `scopes` is over, or of what was issued at or before an instant."""
        cutoffs = (
            scope for scope in (self._ends if self.suspended.cutoff > NEVER else ())
            if isinstance(scope, IssuedBeforeScope) and issued_at <= scope.instant
        )
        ends = [end for scope in chain(scopes, cutoffs) for end in self._ends.get(scope, _NONE).values()]
        return TesterSuspended("Access is suspended for now.", retry_after=max(0.0, max(ends) - now))


_NONE: dict[str, float] = {}
