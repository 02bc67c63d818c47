"""Pull: the gate fetches the list every few seconds; if nothing has changed, the answer is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mock_api.core.errors import Refusal
from mock_api.core.quantities import Positive

from .polling import Polling
from .questions import Answer, AskSnapshot, News, Notices, Question, Snapshot, Unchanged, Version
from .register_copy import RegisterCopy
from .silence import Told
from .view import Arrival, View

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims


class Pull(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="pull"):
    """The whole view, fetched every `every` seconds with a conditional request (RFC 9110 §13)."""

    guarantee: ClassVar[str] = "refused everywhere within every + timeout"
    in_silence: ClassVar[str] = "a view older than every + timeout is silence, and decided by `silence`"

    every: Positive = 30.0                         # seconds between two fetches
    timeout: Positive = 5.0                        # no answer within this is silence; then it is asked again

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach a gate."""
        return self.every + self.timeout

    def view(self) -> View:
        """A gate's view, which knows nothing yet."""
        return PulledView(Polling(self.every, self.timeout, self.silence, self.grace))


class PulledView:
    """A copy of the register as of the last fetch."""

    def __init__(self, polling: Polling) -> None:
        self._polling = polling
        self._copy = RegisterCopy()

    @property
    def version(self) -> Version | None:
        """The version that was fetched last."""
        return self._copy.version

    @property
    def asked_at(self) -> float:
        """When the newest answer was asked for; -inf: there was none."""
        return self._polling.as_of

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By the copy; the first request fetches it."""
        if self._copy.version is None and now >= self._polling.due:
            return AskSnapshot()
        return self._copy.refusal(claims, now) or self._polling.silent(now)

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """By the copy there is, be it old or empty, if `silence` allows."""
        return self._copy.refusal(claims, now) or self._polling.silent(now)

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Take a snapshot, or what came after it, or the word that nothing did; what was overtaken says nothing."""
        if asked_at < self._polling.as_of:
            return
        match answer:
            case Snapshot():
                self._copy.load(answer)
            case Notices() if self._copy.catch_up(answer):
                pass
            case Unchanged() if self._copy.version is not None:
                pass
            case _:
                self._polling.unanswered(asked_at)
                return
        self._polling.answered(asked_at)

    def hear(self, news: News, now: float) -> None:
        """Pulled views are not spoken to."""

    def wants(self) -> tuple[float, Question] | None:
        """The next fetch."""
        return self._polling.due, AskSnapshot(self._copy.version)
