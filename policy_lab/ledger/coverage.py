"""Whom a response reaches, and for how long: the geometry both halves of the ledger share.

A span is `(start, end)` in epoch seconds; an end of infinity means "for good".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from mock_api.core.events import TokenIssued
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

Span = tuple[float, float]


@dataclass(slots=True)
class Response:
    """Something done against `scope` (None: against everyone), in force from `start` to `end`.

    A revocation takes what was issued up to `start`. A `standing` response (pause, suspension) also holds for
    what is issued while it lasts.
    """

    scope: Scope | None
    start: float
    end: float = inf
    standing: bool = False

    def covers_tester(self, tester_id: str, cohort: str) -> bool:
        """Whether it takes the tester's key, and with it everything bought with it."""
        match self.scope:
            case None | AllScope():
                return True
            case TesterScope(tester_id=named):
                return named == tester_id
            case CohortScope(cohort=named):
                return named == cohort
        return False

    def covers_token(self, token: TokenIssued, cohort: str) -> bool:
        """Whether it takes this access token."""
        match self.scope:
            case IssuedBeforeScope(instant=instant):
                return token.at <= instant
            case TokenScope(jti=jti):
                return jti == token.jti
            case KeyScope(kid=kid):
                return kid == token.kid
            case FamilyScope(family_id=family_id):
                return family_id == token.family
        return (self.standing or token.at <= self.start) and self.covers_tester(token.tester_id, cohort)


def length(spans: Iterable[Span], horizon_at: float) -> float:
    """Seconds covered by at least one of `spans`, up to `horizon_at`."""
    covered, reached = 0.0, -inf
    for span in sorted(spans):
        start, end = max(span[0], reached), min(span[1], horizon_at)
        if end > start:
            covered += end - start
            reached = end
    return covered


def unbroken_since(spans: Iterable[Span], horizon_at: float) -> float | None:
    """The instant from which `spans` leave no gap up to `horizon_at`, or None where they do not reach it."""
    since = horizon_at
    reached = False
    for start, end in sorted(spans, key=lambda span: span[1], reverse=True):
        if start <= horizon_at and end >= since:
            since, reached = min(since, start), True
    return since if reached else None
