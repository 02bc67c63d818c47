"""Introspection: the gate asks the authority about each token, and may remember the answer for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, ClassVar

from mock_api.core.errors import Refusal, TokenRevoked
from mock_api.core.quantities import Positive, Seconds

from .questions import Answer, AskToken, Question, TokenStatus
from .silence import Told, closed
from .view import Arrival, View, WithoutFeed

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims

REMEMBERED = 50_000  # answers; the one used least recently is forgotten first


class Introspection(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="introspection"):
    """Ask about each token (RFC 7662); an answer serves for `ttl` seconds from when it was asked for.

    Under `grace` an old yes serves for that much longer while nobody answers; a token never asked about is refused.
    """

    guarantee: ClassVar[str] = "refused everywhere within ttl; with ttl 0 no request that starts after is admitted"
    in_silence: ClassVar[str] = "while the authority does not answer, what is not remembered is decided by `silence`"

    ttl: Seconds = 0.0                             # how long an answer is remembered; 0: not at all
    timeout: Positive = 2.0                        # no answer within this is silence

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach a gate."""
        return self.ttl

    def view(self) -> View:
        """A gate's view, which remembers nothing yet."""
        return RememberedAnswers(self)


class RememberedAnswers(WithoutFeed):
    """What the authority said of each token, and when it was asked; a no is not remembered longer than a yes.

    A revocation is final, but the authority says no of suspended tokens as well.
    """

    def __init__(self, declared: Introspection) -> None:
        self._declared = declared
        self._answers: OrderedDict[str, tuple[float, bool]] = OrderedDict()  # by `jti`: asked at, active

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By an answer that is young enough, or was asked for since the request came."""
        known = self._answers.get(claims.jti)
        if known is None:
            return AskToken(claims.jti)
        self._answers.move_to_end(claims.jti)
        asked_at, active = known
        # An answer from the gate's future was remembered before its clock was set back: nobody knows how old it is.
        if asked_at < arrival.at and not 0.0 <= now - asked_at < self._declared.ttl:
            return AskToken(claims.jti)
        return None if active else _inactive()

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """By what was said last, as far as `silence` lets it serve; a no stays a no."""
        known = self._answers.get(claims.jti)
        if known is not None and not known[1]:
            return _inactive()
        declared = self._declared
        if declared.silence == "fail-open":
            return None
        usable = declared.ttl + (declared.grace if declared.silence == "grace" else 0.0)
        return None if known is not None and 0.0 <= now - known[0] < usable else closed()

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Remember an answer; one that another has overtaken is dropped."""
        if not isinstance(question, AskToken) or not isinstance(answer, TokenStatus):
            return
        known = self._answers.get(question.jti)
        if known is not None and asked_at < known[0]:
            return
        self._answers[question.jti] = (asked_at, answer.active)
        self._answers.move_to_end(question.jti)
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)

    def wants(self) -> tuple[float, Question] | None:
        """Nothing between requests."""
        return None


def _inactive() -> Refusal:
    return TokenRevoked("The authority says that this access token is not active.")
