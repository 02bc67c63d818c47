"""One gate in front, driven in process: what it asks is counted and weighed, and answered at once."""

from __future__ import annotations

import msgspec

from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement import InProcess, Push, StatusLists
from mock_api.core.enforcement.questions import Answer, AskKeys, AskStatusList, AskToken, News, Question
from mock_api.core.enforcement.view import Arrival, View
from mock_api.core.errors import Refusal
from policy_lab.gates.answers import Answers, size

from .stand import Stand

LOOK_UPS = 3  # questions that one request may lead to
BETWEEN = 1e-6  # seconds between two requests
AT_MOST = 1000  # questions between two requests, so that a view which never has enough ends all the same


class Front:
    """A gate's view of a stand, and what keeping it has cost so far. Bytes are those of bodies, without headers."""

    def __init__(self, stand: Stand) -> None:
        enforcement = stand.policy.enforcement
        assert not isinstance(enforcement, InProcess)  # noqa: S101 - it has no gate in front.
        self._stand = stand
        self._answers = Answers(stand.authority)
        self._declared = enforcement
        self.view: View = enforcement.view()
        self.messages = 0
        self.bytes = 0

    def judge(self, claims: Claims) -> bool:
        """Whether the gate lets the token in now."""
        now = self._stand.clock.now() + BETWEEN  # No two requests come at once: an answer to one is old for the next.
        self._stand.clock.advance_to(now)
        arrival = Arrival(now)
        for _ in range(LOOK_UPS):
            verdict = self.view.judge(claims, arrival, now)
            if verdict is None or isinstance(verdict, Refusal):
                return verdict is None
            self._ask(verdict, now, claims)
        return False

    def keep_up(self) -> None:
        """Ask what is due between requests."""
        for _ in range(AT_MOST):
            wanted = self.view.wants()
            if wanted is None or wanted[0] > self._stand.clock.now():
                return
            self._ask(wanted[1], self._stand.clock.now(), None)

    def hear(self, news: list[News]) -> None:
        """Take what a push feed brings, if the gate listens to one."""
        if not isinstance(self._declared, Push):
            return
        for each in news:
            self.view.hear(each, self._stand.clock.now())
            self.messages += 1
            self.bytes += len(msgspec.json.encode(each))

    def pass_a_period(self) -> None:
        """Let the time pass after which the view is fetched again, and fetch it."""
        spans = [float(getattr(self._declared, name, 0.0)) for name in ("every", "max_age", "ttl")]
        self._stand.clock.advance_to(self._stand.clock.now() + max(spans))
        self.keep_up()

    def _ask(self, question: Question, now: float, claims: Claims | None) -> None:
        answer: Answer | None = (
            self._answers.introspected(claims, now) if isinstance(question, AskToken) and claims is not None
            else self._answers.answer(question)
        )
        self.messages += 2
        self.bytes += size(question) + self._weight(question, answer, now)
        self.view.learn(question, answer, now)

    def _weight(self, question: Question, answer: object, now: float) -> int:
        """The bytes of an answer as it goes over the wire."""
        authority = self._stand.authority
        if isinstance(question, AskStatusList) and isinstance(self._declared, StatusLists):
            return len(authority.status_lists.signed(int(question.uri.rpartition("/")[2]), now).token)
        if isinstance(question, AskKeys):
            return len(msgspec.json.encode(authority.public.jwks()))
        return size(answer)
