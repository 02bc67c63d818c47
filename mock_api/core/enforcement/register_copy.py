"""A gate's copy of the revocation register: a snapshot, and the notices after it.

What the copy refuses it refuses in the words and in the order of `mock_api.core.revocation`.

An authority that was restored from a backup knows less than the copy, under the same name: a lower number, said
later. The copy then starts again. It cannot see what was taken back if the numbers have caught up by the time it asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_api.core.errors import ProgrammePaused, Refusal, TesterInactive, TesterSuspended, TokenRevoked
from mock_api.core.notices import Left, Lifted, Notice, Notices, Paused, Snapshot, Stopped, SuspendedUntil, Version
from mock_api.core.reach import NEVER, Reach
from mock_api.core.suspensions import Suspensions

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims

KEPT = 10_000  # notices kept since the snapshot; beyond it a new one is due, which leaves out what has expired


class RegisterCopy:
    """Who is revoked, suspended or gone, and whether all is paused, as of `version`; None: nothing is known yet."""

    def __init__(self) -> None:
        self.version: Version | None = None
        self._revoked = Reach()
        self._suspensions = Suspensions()
        self._left: set[str] = set()
        self._paused = False
        self._loaded_at = 0                    # the snapshot's number,
        self._told_at = 0.0                    # and when it or a notice after it was said, by the authority's clock
        self._since: list[Notice] = []         # what was added to it

    @property
    def overgrown(self) -> bool:
        """Whether a new snapshot would save memory."""
        return len(self._since) >= KEPT

    def outlived(self, seq: int, at: float) -> bool:
        """Whether the authority was at number `seq` when it was past the copy's already: what came after is undone."""
        return self.version is not None and seq < self.version.seq and at > self._told_at

    def reaches(self, seq: int) -> bool:
        """Whether the change of that number is in the copy."""
        return self.version is not None and self.version.seq >= seq

    def refusal(self, claims: Claims, now: float) -> Refusal | None:
        """Why the token is refused, or None: revoked before paused before suspended before gone, in constant time."""
        if self._revoked.covers(claims):
            return TokenRevoked("This access token was revoked.")
        if self._paused:
            return ProgrammePaused("The programme is paused.")
        until = self._suspensions.end(claims)
        if until > now:
            return TesterSuspended("Access is suspended for now.", retry_after=until - now)
        if claims.tester_id in self._left:
            return TesterInactive("This tester is not part of the programme.")
        return None

    def load(self, snapshot: Snapshot) -> None:
        """Start again from a snapshot and keep what was heard beyond it; one that came late is dropped."""
        later: list[Notice] = []
        if self.version is not None and self.version.feed == snapshot.feed:
            if snapshot.seq < self._loaded_at and not self.outlived(snapshot.seq, snapshot.at):
                return
            later = [notice for notice in self._since if notice.seq > snapshot.seq and notice.at >= snapshot.at]
        self.version, self._loaded_at, self._since = Version(snapshot.feed, snapshot.seq), snapshot.seq, []
        self._told_at = snapshot.at
        self._revoked = Reach(
            set(snapshot.jtis), set(snapshot.kids), set(snapshot.families), dict(snapshot.by_tester),
            dict(snapshot.by_cohort), NEVER if snapshot.everything is None else snapshot.everything,
        )
        self._suspensions = Suspensions()
        for suspension in snapshot.suspensions:
            self._suspend(suspension)
        self._left, self._paused = set(snapshot.left), snapshot.paused
        for notice in later:
            self.follow(notice)

    def catch_up(self, answer: Notices) -> bool:
        """Take the notices that are new here, and say whether none is missing now; another feed's change nothing."""
        if self.version is None or self.version.feed != answer.feed or self.outlived(answer.seq, answer.at):
            return False
        for notice in answer.notices:
            self.follow(notice)
        return self.version.seq >= answer.seq

    def follow(self, notice: Notice) -> None:
        """Take a notice if it is the next one; what is old is known, and what comes later must wait."""
        if self.version is None or notice.seq != self.version.seq + 1:
            return
        self.version = Version(self.version.feed, notice.seq)
        self._since.append(notice)
        self._told_at = max(self._told_at, notice.at)
        match notice.change:
            case Stopped(scope=scope, cutoff=cutoff):
                self._revoked.add(scope, cutoff)
            case SuspendedUntil() as suspension:
                self._suspend(suspension)
            case Lifted(suspension_id=suspension_id):
                self._suspensions.lift(suspension_id)
            case Paused(paused=paused):
                self._paused = paused
            case Left(tester_id=tester_id):
                self._left.add(tester_id)

    def _suspend(self, suspension: SuspendedUntil) -> None:
        self._suspensions.add(suspension.suspension_id, suspension.scope, suspension.until)
