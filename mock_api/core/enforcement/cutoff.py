"""Cutoff: gates know nothing but instants, of everybody, of a tester, of a cohort: what is older is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mock_api.core.errors import ProgrammePaused, Refusal, TokenRevoked
from mock_api.core.quantities import Positive
from mock_api.core.reach import NEVER, Reach

from .polling import Polling
from .questions import Answer, AskCutoffs, Cutoffs, Question, Unchanged, Version
from .silence import Told
from .view import Arrival, View, WithoutFeed

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims


class Cutoff(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="cutoff"):
    """Not-before instants, fetched every `every` seconds; two on the same thing compose to the later one.

    The smallest view there is, and the bluntest: to revoke one token is to revoke all its tester holds by now. A
    suspension becomes a cutoff too, so it outlasts its end for the tokens of its time.
    """

    guarantee: ClassVar[str] = "refused everywhere within every + timeout, with all older tokens of the same tester"
    in_silence: ClassVar[str] = "a view older than every + timeout is silence, and decided by `silence`"

    every: Positive = 10.0                         # seconds between two fetches
    timeout: Positive = 5.0

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach a gate."""
        return self.every + self.timeout

    def view(self) -> View:
        """A gate's view, which knows nothing yet."""
        return CutoffView(Polling(self.every, self.timeout, self.silence, self.grace))


class CutoffView(WithoutFeed):
    """The not-before instants as of the last fetch; what was issued at one is refused."""

    def __init__(self, polling: Polling) -> None:
        self._polling = polling
        self._reach = Reach()
        self._paused = False
        self._told_at = 0.0                    # when the instants were said, by the authority's clock

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By the instants; the first request fetches them."""
        if self.version is None and now >= self._polling.due:
            return AskCutoffs()
        return self.unanswered(claims, arrival, now)

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """By the instants there are, be they old or none, if `silence` allows."""
        if self._reach.covers(claims):
            return TokenRevoked("This access token is older than what this gate still accepts.")
        if self._paused:
            return ProgrammePaused("The programme is paused.")
        return self._polling.silent(now)

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Take the instants, or the word that nothing has changed; what was overtaken says nothing."""
        if asked_at < self._polling.as_of:
            return
        match answer:
            case Cutoffs() if self._is_news(answer):
                self.version, self._paused = Version(answer.feed, answer.seq), answer.paused
                self._told_at = answer.at
                everything = NEVER if answer.everything is None else answer.everything
                self._reach = Reach(by_tester=answer.by_tester, by_cohort=answer.by_cohort, cutoff=everything)
            case Cutoffs():
                pass
            case Unchanged() if self.version is not None:
                pass
            case _:
                self._polling.unanswered(asked_at)
                return
        self._polling.answered(asked_at)

    def wants(self) -> tuple[float, Question] | None:
        """The next fetch."""
        return self._polling.due, AskCutoffs(self.version)

    def _is_news(self, answer: Cutoffs) -> bool:
        """Whether it replaces what is known; a lower number that was said later does: a backup was restored."""
        version = self.version
        if version is None or version.feed != answer.feed:
            return True
        return version.seq <= answer.seq or self._told_at < answer.at
