"""One enforcement point in front of the API: what it checks of a token by itself, live and simulated alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_api.core.errors import Refusal, TokenExpired, TokenNotYetValid, ViewStale

from .questions import Answer, Question
from .view import Arrival, View

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims

LOOK_UPS = 3  # questions that one request may lead to, one after the other
LEEWAY = 1.0  # seconds by which its clock may be behind the issuer's (RFC 7519 §4.1.5): no token comes too early


class EnforcementPoint:
    """Times by its own clock, then its view. The signature was checked by whoever decoded the claims."""

    def __init__(self, name: str, view: View) -> None:
        self.name = name
        self.view = view

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Question | None:
        """Let the token pass, say what must be asked first, or raise the Refusal."""
        if claims.expires_at <= now:
            raise TokenExpired("This access token has expired.")
        if claims.issued_at > now + LEEWAY:
            raise TokenNotYetValid("This access token is not valid yet.")
        verdict = self.view.judge(claims, arrival, now)
        if isinstance(verdict, Refusal):
            raise verdict
        return verdict

    def judge_again(self, claims: Claims, arrival: Arrival, now: float) -> Question | None:
        """The same for a token whose answer is under way: a stream does not outlive its token."""
        return self.judge(claims, arrival, now)

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> None:
        """Let the token pass although a question found no answer, or raise the Refusal."""
        refusal = self.view.unanswered(claims, arrival, now)
        if refusal is not None:
            raise refusal

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Hand an answer to the view."""
        self.view.learn(question, answer, asked_at)


def never_settled() -> Refusal:
    """The refusal for a request whose view still asks after `LOOK_UPS` answers."""
    return ViewStale("This gate cannot bring its view up to date.", retry_after=1.0)
