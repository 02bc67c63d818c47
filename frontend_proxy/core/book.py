"""The desk's book: which submissions are open, whose they are, and how the settled ones ended."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .errors import NoSuchSubmission
from .orders import ClipOrder

Step = Literal["wait", "create", "poll", "fetch"]


@dataclass(slots=True, eq=False)
class Submission:
    """One visitor's wish on its way. `number` is its rank in order of joining.

    `serial` changes with every step, so that reminders set for an earlier step are recognised as stale.
    """

    submission_id: str
    visitor_id: str
    order: ClipOrder
    number: int
    queued_at: float
    seen_at: float
    step: Step = "wait"
    is_awaiting: bool = False
    serial: int = 0
    attempts: int = 0
    retries: int = 0
    credential: str = ""
    video_id: str = ""
    started_at: float = 0.0
    timeout_at: float = 0.0
    due_at: float = 0.0


class Outcome(NamedTuple):
    """How a submission ended: with a clip, or with a code (`reneged` if the visitor left)."""

    clip_id: str | None
    code: str | None


class Book:
    """Open submissions, the latest of each visitor, and the last `outcomes_remembered` outcomes."""

    def __init__(self, visitors_remembered: int, outcomes_remembered: int) -> None:
        self.open: dict[str, Submission] = {}
        self._entered = 0
        self._open_of: dict[str, list[Submission]] = {}
        self._latest: OrderedDict[str, str] = OrderedDict()
        self._latest_limit = visitors_remembered
        self._outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._outcomes_limit = outcomes_remembered

    def enter(self, submission_id: str, visitor_id: str, order: ClipOrder, now: float) -> Submission:
        """Open a submission."""
        self._entered += 1
        submission = Submission(submission_id, visitor_id, order, self._entered, now, now)
        self.open[submission_id] = submission
        self._open_of.setdefault(visitor_id, []).append(submission)
        self._latest[visitor_id] = submission_id
        self._latest.move_to_end(visitor_id)
        if len(self._latest) > self._latest_limit:
            self._latest.popitem(last=False)
        return submission

    def settle(self, submission: Submission, outcome: Outcome) -> None:
        """Close a submission; every reminder set for it is stale from now on."""
        submission.serial += 1
        del self.open[submission.submission_id]
        mine = self._open_of[submission.visitor_id]
        mine.remove(submission)
        if not mine:
            del self._open_of[submission.visitor_id]
        self._outcomes[submission.submission_id] = outcome
        if len(self._outcomes) > self._outcomes_limit:
            self._outcomes.popitem(last=False)

    def open_of(self, visitor_id: str) -> list[Submission]:
        """What this visitor has going, oldest first."""
        return self._open_of.get(visitor_id, [])

    def latest_of(self, visitor_id: str) -> str | None:
        """The submission this visitor made last, open or not, or None."""
        return self._latest.get(visitor_id)

    def get(self, submission_id: str) -> Submission:
        """The open submission of this id."""
        submission = self.open.get(submission_id)
        if submission is None:
            raise NoSuchSubmission("This submission is not open.")
        return submission

    def outcome(self, submission_id: str) -> Outcome:
        """How the settled submission of this id ended."""
        outcome = self._outcomes.get(submission_id)
        if outcome is None:
            raise NoSuchSubmission("This submission is not known any more.")
        return outcome
