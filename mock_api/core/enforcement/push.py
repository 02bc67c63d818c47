"""Push: the authority tells every gate of each change; numbers show what was missed, a pulse that nobody speaks."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from mock_api.core.errors import Refusal
from mock_api.core.quantities import Positive, Seconds

from .questions import Answer, AskNotices, AskSnapshot, News, Notice, Notices, Pulse, Question, Snapshot, Version
from .register_copy import RegisterCopy
from .silence import Told, verdict
from .view import Arrival, View

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims


class Push(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="push"):
    """A snapshot at the start, then numbered notices; a gap is repaired, a missing pulse is silence."""

    guarantee: ClassVar[str] = (
        "refused everywhere within the time a notice travels; a lost notice is noticed at the next pulse, "
        "a lost feed within silent_after + skew"
    )
    in_silence: ClassVar[str] = "with no pulse for `silent_after` seconds all is decided by `silence`"

    pulse: Positive = 0.5                          # seconds between two signs of life of the feed
    silent_after: Positive = 2.0                   # a view older than this is silence
    skew: Seconds = 1.0                            # how far the gate's clock may be off

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach a gate."""
        return self.silent_after + self.skew

    def view(self) -> View:
        """A gate's view, which knows nothing yet."""
        return PushedView(self)


class PushedView:
    """A copy of the register that follows the feed, and knows when it does not.

    It is as old as the newest sign of life that it can match: a pulse whose number is beyond its own does not make
    it younger. Ages are the gate's clock less the authority's, so a gate that is ahead falls silent early, one that
    is behind late, by as much as it is off.
    """

    def __init__(self, declared: Push) -> None:
        self._declared = declared
        self._copy = RegisterCopy()
        self._as_of = -inf             # up to when the copy is known to miss nothing
        self._newest = 0               # the highest number heard of,
        self._newest_at = -inf         # and when, by the gate's clock
        self._estranged = True         # the feed is another one than the copy's, or there is no copy yet
        self._is_doubted = False       # a pulse was behind the copy: overtaken, or the authority was set back
        self._due = 0.0                # no question before

    @property
    def version(self) -> Version | None:
        """How far the copy follows the feed."""
        return self._copy.version

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By the copy while it is young enough; a torn one that has grown too old is repaired first."""
        refusal = self._copy.refusal(claims, now)
        if refusal is not None or self._silent_for(now) <= 0.0:
            return refusal
        missing = self._missing()
        return missing if missing is not None and now >= self._due else self._silent(now)

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """By the copy there is, be it old or empty, if `silence` allows."""
        return self._copy.refusal(claims, now) or self._silent(now)

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Take the snapshot, or what was missed; without an answer the next question waits for a pulse's time."""
        match answer:
            case Snapshot():
                self._copy.load(answer)
                self._estranged = self._is_doubted = False
            case Notices() if not self._copy.catch_up(answer):
                self._estranged = True
            case Notices():
                self._is_doubted = False
            case _:
                self._due = max(self._due, asked_at + self._declared.pulse)
                return
        if not self._estranged:
            self._answered(answer, asked_at)

    def hear(self, news: News, now: float) -> None:
        """Follow a notice; hold the copy against a pulse."""
        version = self._copy.version
        if isinstance(news, Pulse) and version is not None:
            self._estranged = news.feed != version.feed
            self._is_doubted = self._copy.outlived(news.seq, news.at)
        if isinstance(news, Notice):
            self._copy.follow(news)
        if news.seq > self._newest:
            self._newest, self._newest_at = news.seq, now
        if not self._estranged and not self._is_doubted and self._copy.reaches(news.seq):
            self._vouch(news.at, now)

    def wants(self) -> tuple[float, Question] | None:
        """What is missing, at once; a new snapshot when the copy has outgrown the last one."""
        missing = self._missing()
        if missing is None and self._copy.overgrown:
            missing = AskSnapshot()
        return None if missing is None else (self._due, missing)

    def _missing(self) -> Question | None:
        version = self._copy.version
        if version is None or self._estranged:
            return AskSnapshot()
        return AskNotices(version.seq) if version.seq < self._newest or self._is_doubted else None

    def _answered(self, answer: Snapshot | Notices, asked_at: float) -> None:
        if asked_at >= self._newest_at:
            self._newest = answer.seq  # Whatever was heard of before would be in the answer, if it were of this feed.
        self._vouch(answer.at, asked_at)

    def _vouch(self, at: float, heard_at: float) -> None:
        # What is heard was said before: a clock that is far behind does not keep a view young.
        self._as_of = max(self._as_of, min(at, heard_at))

    def _silent_for(self, now: float) -> float:
        return now - self._as_of - self._declared.silent_after

    def _silent(self, now: float) -> Refusal | None:
        silent_for = self._silent_for(now)
        return verdict(self._declared.silence, self._declared.grace, silent_for) if silent_for > 0.0 else None
