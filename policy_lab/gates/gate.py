"""One simulated gate: the core's enforcement point, and a driver that carries its questions over a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_api.core.enforcement.point import LOOK_UPS, EnforcementPoint, never_settled
from mock_api.core.enforcement.questions import Answer, AskToken, Notice, Question
from mock_api.core.enforcement.view import Arrival
from policy_lab.truth import GateAccount

from .answers import Answers, size
from .memory import held
from .pulses import Pulses

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from mock_api.core.notices import Version
    from policy_lab.agenda import Agenda

    from .link import Link

FIRST_QUESTIONS = 8    # asked before the range opens


class SimulatedGate:
    """Decides by its view, whose clock is the agenda's plus a skew; `timeout` seconds without an answer is silence.

    `pulses` are None where the enforcement has no push feed.
    """

    def __init__(
        self, point: EnforcementPoint, link: Link, answers: Answers, agenda: Agenda, *,
        timeout: float, pulses: Pulses | None,
    ) -> None:
        self.point = point
        self._view, self._link, self._answers = point.view, link, answers
        self._agenda, self._clock = agenda, agenda.clock
        self._skew, self._timeout, self._pulses = link.skew, timeout, pulses
        self._asking = False
        self._wakes_at: float | None = None
        self._notice_arrives_at = 0.0  # Notices come in order, as they do on one connection.
        self.look_ups = self.messages = self.lost = self.bytes_moved = 0

    def start(self, phase: float) -> None:
        """Take the first view, as if fetched up to `phase` seconds ago: gates are not started all at once."""
        now = self._clock.instant
        asked_at = now + self._skew - phase
        for _ in range(FIRST_QUESTIONS):
            due = self._view.wants()
            if due is None or due[0] > asked_at:
                break
            self._view.learn(due[1], self._answers.answer(due[1]), asked_at)
        if self._pulses is not None:
            self._pulses.start(now)
        self._look_ahead()

    def decide(self, claims: Claims, now: float) -> None:
        """Let the token pass or raise the Refusal; the answers it needs on the way come at `now`."""
        self.decide_at_least(claims, now, None)

    def decide_at_least(self, claims: Claims, now: float, at_least: Version | None) -> None:
        """The same for a request that puts up with no view older than `at_least`."""
        own_now = now + self._skew
        if self._pulses is not None:
            self._hear_pulses(now)
        arrival = Arrival(own_now, at_least)
        question = self.point.judge(claims, arrival, own_now)
        for _ in range(LOOK_UPS):
            if question is None:
                return
            answer = self._ask_at_once(question, claims, now)
            self.point.learn(question, answer, own_now)
            self._look_ahead()
            if answer is None:
                self.point.unanswered(claims, arrival, own_now)
                return
            question = self.point.judge(claims, arrival, own_now)
        if question is not None:
            raise never_settled()

    def told(self, notice: Notice) -> None:
        """The authority sends a notice now; it arrives in its time, or never."""
        now = self._clock.instant
        takes = self._link.notice_takes(now)
        if self._pulses is None:
            return
        if takes is None:
            self.lost += 1
            self._agenda.call(now + self._pulses.every, self._catch_up)
            return
        self._notice_arrives_at = max(now + takes, self._notice_arrives_at)
        self._agenda.call(self._notice_arrives_at, self._hear, notice)

    def account(self) -> GateAccount:
        """What it has spent so far."""
        pulses = self._pulses.delivered(self._clock.instant) if self._pulses else (0, 0, 0)
        return GateAccount(
            self._clock.instant, self.point.name, self.look_ups, self.messages + pulses[0], self.lost + pulses[1],
            self.bytes_moved + pulses[2], held(self._view),
        )

    # --- what is heard --------------------------------------------------------------------------------------

    def _hear(self, notice: Notice) -> None:
        now = self._clock.instant
        self._hear_pulses(now)
        self.messages += 1
        self.bytes_moved += size(notice)
        self._view.hear(notice, now + self._skew)
        self._look_ahead()

    def _hear_pulses(self, now: float) -> None:
        """Hear the newest pulse there is. Older ones say less, and are not worth an entry in the agenda each."""
        assert self._pulses is not None  # noqa: S101 - who has no feed hears nothing
        newest = self._pulses.newest(now, self._notice_arrives_at)
        if newest is not None:
            pulse, arrived_at = newest
            self._view.hear(pulse, arrived_at + self._skew)

    def _catch_up(self) -> None:
        """A notice was lost: hear every pulse as it comes until the gap is closed."""
        now = self._clock.instant
        self._hear_pulses(now)
        self._look_ahead()
        version = self._view.version
        if self._pulses is not None and (version is None or version.seq < self._answers.seq):
            self._agenda.call(now + self._pulses.every, self._catch_up)

    # --- what is asked --------------------------------------------------------------------------------------

    def _ask_at_once(self, question: Question, claims: Claims, now: float) -> Answer | None:
        self.look_ups += 1
        if not self._link.is_answered(now):
            return None
        if isinstance(question, AskToken):
            answer: Answer | None = self._answers.introspected(claims, now)
        else:
            answer = self._answers.answer(question)
        self.bytes_moved += size(answer)
        return answer

    def _look_ahead(self) -> None:
        """Wake when the view next wants something."""
        due = None if self._asking else self._view.wants()
        if due is None:
            return
        at = max(due[0] - self._skew, self._clock.instant)
        if self._wakes_at is None or at < self._wakes_at:
            self._wakes_at = at
            self._agenda.call(at, self._wake, at)

    def _wake(self, at: float) -> None:
        if at != self._wakes_at:   # Something earlier came up meanwhile.
            return
        self._wakes_at = None
        if self._pulses is not None:
            self._hear_pulses(at)
        due = None if self._asking else self._view.wants()
        if due is not None and due[0] - self._skew <= at + 1e-6:   # Clocks this far from 0 have no finer steps.
            self._ask(due[1])
        else:
            self._look_ahead()

    def _ask(self, question: Question) -> None:
        now = self._clock.instant
        self._asking = True
        self.look_ups += 1
        takes = self._link.answer_takes(now)
        if takes is None or takes > self._timeout:
            self._agenda.call(now + self._timeout, self._learn, question, None, now + self._skew)
        else:
            self._agenda.call(now + takes / 2, self._answer, question, now, takes)

    def _answer(self, question: Question, asked_at: float, takes: float) -> None:
        """The question is with the authority now; the answer still has to come back."""
        answer = self._answers.answer(question)
        self._agenda.call(asked_at + takes, self._learn, question, answer, asked_at + self._skew)

    def _learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        self._asking = False
        self.bytes_moved += size(answer)
        if self._pulses is not None:
            self._hear_pulses(self._clock.instant)
        self._view.learn(question, answer, asked_at)
        self._look_ahead()
