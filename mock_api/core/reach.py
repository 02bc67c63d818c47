"""What a set of scopes covers, answered in constant time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from .scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

NEVER = -inf


class Coverable(Protocol):
    """What a scope can cover: a token in the books, the claims of one, a refresh token."""

    @property
    def jti(self) -> str: ...
    @property
    def tester_id(self) -> str: ...
    @property
    def cohort(self) -> str: ...
    @property
    def kid(self) -> str: ...
    @property
    def family(self) -> str | None: ...
    @property
    def issued_at(self) -> float: ...


class Person(Protocol):
    """Somebody whom a scope can cover."""

    @property
    def tester_id(self) -> str: ...
    @property
    def cohort(self) -> str: ...


@dataclass(slots=True)
class Reach:
    """An index of scopes: tokens and keys by name, the rest as cutoffs on the issue instant (epoch seconds).

    Two cutoffs on the same thing compose to the later one. What was issued at a cutoff is covered.
    """

    jtis: set[str] = field(default_factory=set)
    kids: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    by_tester: dict[str, float] = field(default_factory=dict)
    by_cohort: dict[str, float] = field(default_factory=dict)
    cutoff: float = NEVER

    def add(self, scope: Scope, cutoff: float = inf) -> None:
        """Cover `scope`; a tester, a cohort or everything as far as issued at or before `cutoff`."""
        match scope:
            case TokenScope(jti=jti):
                self.jtis.add(jti)
            case KeyScope(kid=kid):
                self.kids.add(kid)
            case FamilyScope(family_id=family_id):
                self.families.add(family_id)
            case TesterScope(tester_id=tester_id):
                self.by_tester[tester_id] = max(cutoff, self.by_tester.get(tester_id, NEVER))
            case CohortScope(cohort=cohort):
                self.by_cohort[cohort] = max(cutoff, self.by_cohort.get(cohort, NEVER))
            case IssuedBeforeScope(instant=instant):
                self.cutoff = max(instant, self.cutoff)
            case AllScope():
                self.cutoff = max(cutoff, self.cutoff)

    def remove(self, scope: Scope, others: Iterable[Scope] = ()) -> None:
        """Cover `scope` no longer; `others` are those that were added without a cutoff and stay."""
        match scope:
            case TokenScope(jti=jti):
                self.jtis.discard(jti)
            case KeyScope(kid=kid):
                self.kids.discard(kid)
            case FamilyScope(family_id=family_id):
                self.families.discard(family_id)
            case TesterScope(tester_id=tester_id):
                self.by_tester.pop(tester_id, None)
            case CohortScope(cohort=cohort):
                self.by_cohort.pop(cohort, None)
            case IssuedBeforeScope() | AllScope():
                self.cutoff = NEVER
                for other in others:
                    if isinstance(other, IssuedBeforeScope | AllScope):
                        self.add(other)

    def covers(self, token: Coverable) -> bool:
        """Whether the token is covered."""
        issued_at = token.issued_at
        return (
            issued_at <= self.cutoff
            or token.jti in self.jtis
            or token.kid in self.kids
            or token.family in self.families
            or issued_at <= self.by_tester.get(token.tester_id, NEVER)
            or issued_at <= self.by_cohort.get(token.cohort, NEVER)
        )

    def covers_tester(self, tester: Person, at: float) -> bool:
        """Whether whatever is issued to the tester at `at` is covered, whichever key signs it."""
        return at <= max(
            self.cutoff, self.by_tester.get(tester.tester_id, NEVER), self.by_cohort.get(tester.cohort, NEVER)
        )


def scopes_around(token: Coverable) -> Iterator[Scope]:
    """The scopes that name the token, or what it belongs to."""
    yield TokenScope(token.jti)
    yield KeyScope(token.kid)
    if token.family is not None:
        yield FamilyScope(token.family)
    yield from scopes_around_person(token)


def scopes_around_person(person: Person) -> Iterator[Scope]:
    """The scopes that name somebody, or whom they belong to."""
    yield TesterScope(person.tester_id)
    yield CohortScope(person.cohort)
    yield AllScope()
