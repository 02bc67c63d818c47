"""The view of a gate in front: what it knows of revocations, and what it would like to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from mock_api.core.errors import Refusal

from .questions import Answer, News, Question, Version

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims


class Arrival(NamedTuple):
    """When a request came (epoch seconds, the gate's clock), and the oldest view it puts up with, if it says so."""

    at: float
    at_least: Version | None = None


class WithoutFeed:
    """What a view has to say of the revocation feed if it does not listen to it."""

    version: Version | None = None

    def hear(self, news: News, now: float) -> None:
        """Nothing comes, and nothing would be understood."""


class View(Protocol):
    """Decides by what it was told, without a socket, and says what it needs to be told.

    A driver asks `judge`; gets a question, it carries it to the authority, hands the answer to `learn` and asks
    again; hears nothing, it asks `unanswered`. Between requests it carries the questions of `wants` when they are
    due. All instants are epoch seconds of the gate's own clock, but for those that stand in answers.
    """

    @property
    def version(self) -> Version | None:
        """How far this view follows the revocation feed; None where it does not follow it, or not yet."""
        ...

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """Why the token is refused, or what must be asked first, or None: it may pass."""
        ...

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """The verdict when the question of `judge` found no answer: open or closed, as declared."""
        ...

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Take the answer to a question that was asked at `asked_at`; None: there was none."""
        ...

    def hear(self, news: News, now: float) -> None:
        """Take what a push feed brings."""
        ...

    def wants(self) -> tuple[float, Question] | None:
        """The next question between requests, and the instant at which it is due; None: nothing is missing."""
        ...
