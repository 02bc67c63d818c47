"""A gate in front without a wire: what it asks is answered, or not, by whoever tests it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement import Enforcement, InProcess
from mock_api.core.enforcement.point import LOOK_UPS, EnforcementPoint, never_settled
from mock_api.core.enforcement.questions import (
    Answer,
    AskCutoffs,
    AskKeys,
    AskNotices,
    AskSnapshot,
    AskStatusList,
    AskToken,
    Question,
    Unchanged,
)
from mock_api.core.enforcement.view import Arrival
from mock_api.core.errors import Refusal
from mock_api.core.notices import Notice, Snapshot, Version

if TYPE_CHECKING:
    from mock_api.core.authority import Authority
    from mock_api.core.notices import Change

YEAR_2100 = 4_102_444_800.0
FEED = "key_1"
ADMITTED = "admitted"


class Front:
    """A gate in front: `answers` holds what it will hear to each kind of question; nothing else is answered."""

    def __init__(self, declared: Enforcement) -> None:
        assert not isinstance(declared, InProcess)
        self.point = EnforcementPoint("front", declared.view())
        self.view = self.point.view
        self.asked: list[Question] = []
        self.answers: dict[type, Answer | None] = {}
        self.ask: Callable[[Question, Claims | None], Answer | None] = lambda question, _: self.answers.get(
            type(question)
        )

    def refusal(self, claims: Claims, now: float, at_least: Version | None = None) -> Refusal | None:
        """What becomes of a request that comes and is decided at `now`."""
        arrival = Arrival(now, at_least)
        try:
            for _ in range(LOOK_UPS + 1):
                question = self.point.judge(claims, arrival, now)
                if question is None:
                    return None
                if not self.carry(question, now, claims):
                    self.point.unanswered(claims, arrival, now)
                    return None
        except Refusal as refusal:
            return refusal
        return never_settled()

    def verdict(self, claims: Claims, now: float, at_least: Version | None = None) -> str:
        """The same in a word."""
        refusal = self.refusal(claims, now, at_least)
        return ADMITTED if refusal is None else refusal.code

    def carry(self, question: Question, now: float, claims: Claims | None = None) -> bool:
        """Carry a question to whoever answers it; whether there was an answer."""
        self.asked.append(question)
        answer = self.ask(question, claims)
        self.point.learn(question, answer, now)
        return answer is not None

    def tend(self, now: float) -> int:
        """Carry what is wanted between requests as far as it is due; how many questions that were."""
        for carried in range(20):
            wanted = self.view.wants()
            if wanted is None or wanted[0] > now:
                return carried
            self.carry(wanted[1], now)
        raise AssertionError("The view does not stop asking.")


def answer_of(authority: Authority, question: Question, token: str | None = None) -> Answer:
    """What the authority says to a question of a gate."""
    gates = authority.gates
    match question:
        case AskToken():
            assert token is not None
            return gates.introspect(token)
        case AskSnapshot(known=known):
            snapshot = gates.snapshot()
            return Unchanged() if known == Version(snapshot.feed, snapshot.seq) else snapshot
        case AskNotices(after=after):
            return gates.notices(after)
        case AskCutoffs(known=known):
            cutoffs = gates.cutoffs()
            return Unchanged() if known == Version(cutoffs.feed, cutoffs.seq) else cutoffs
        case AskKeys():
            return gates.keys()
        case AskStatusList(uri=uri):
            return gates.status_list(uri)


@pytest.fixture
def front() -> Callable[[Enforcement], Front]:
    """Makes a gate in front under an enforcement."""
    return Front


@pytest.fixture
def claims() -> Callable[..., Claims]:
    """Makes the claims of a token of tester_1, issued in the first second of 2100, with some changes."""

    def with_changes(**changes: object) -> Claims:
        said: dict[str, object] = {
            "jti": "at_1", "tester_id": "tester_1", "kid": "key_1", "issued_at": YEAR_2100,
            "expires_at": YEAR_2100 + 3600.0, "scope": "videos", "cohort": "artists",
        }
        return Claims(**(said | changes))  # type: ignore[arg-type]  # Claims of many types.

    return with_changes


@pytest.fixture
def snapshot() -> Callable[..., Snapshot]:
    """Makes a snapshot of a register in which nothing has happened, with some changes."""

    def with_changes(seq: int = 0, at: float = YEAR_2100, **changes: object) -> Snapshot:
        said: dict[str, object] = {
            "feed": FEED, "everything": None, "by_tester": {}, "by_cohort": {}, "jtis": (), "kids": (),
            "families": (), "suspensions": (), "left": (), "paused": False,
        }
        return Snapshot(seq=seq, at=at, **(said | changes))  # type: ignore[arg-type]  # Fields of many types.

    return with_changes


@pytest.fixture
def notice() -> Callable[..., Notice]:
    """Makes a notice of a change."""

    def of(seq: int, change: Change, at: float = YEAR_2100) -> Notice:
        return Notice(seq, at, change)

    return of


@pytest.fixture
def answers() -> Callable[..., Answer]:
    """Asks a real authority."""
    return answer_of
