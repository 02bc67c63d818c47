"""What is suspended, and until when, answered in constant time; at the authority and in the copies of gates alike."""

from __future__ import annotations

from collections.abc import Iterable

from .reach import NEVER, Coverable, Person, Reach, scopes_around, scopes_around_person
from .scopes import IssuedBeforeScope, Scope


class Suspensions:
    """Suspensions in force by what they cover. To lift them, or to look at the clock, is up to who keeps them."""

    def __init__(self) -> None:
        self.reach = Reach()
        self._scopes: dict[str, Scope] = {}             # by suspension
        self._ends: dict[Scope, dict[str, float]] = {}  # by scope, then by suspension

    def add(self, suspension_id: str, scope: Scope, until: float) -> None:
        """Cover `scope` until then (epoch seconds)."""
        self._scopes[suspension_id] = scope
        self._ends.setdefault(scope, {})[suspension_id] = until
        self.reach.add(scope)

    def lift(self, suspension_id: str) -> None:
        """Cover no longer what no other suspension covers; an unknown one changes nothing."""
        scope = self._scopes.pop(suspension_id, None)
        if scope is not None:
            ends = self._ends[scope]
            del ends[suspension_id]
            if not ends:
                del self._ends[scope]
                self.reach.remove(scope, self._ends)

    def end(self, token: Coverable) -> float:
        """When the last suspension of a token ends, epoch seconds; -inf: there is none."""
        return self._end(scopes_around(token), token.issued_at) if self.reach.covers(token) else NEVER

    def end_for(self, person: Person, at: float) -> float:
        """The same for whatever is issued to somebody at `at`."""
        return self._end(scopes_around_person(person), at) if self.reach.covers_tester(person, at) else NEVER

    def _end(self, scopes: Iterable[Scope], issued_at: float) -> float:
        ends = [end for scope in scopes for end in self._ends.get(scope, _NONE).values()]
        if self.reach.cutoff > NEVER:  # Suspended up to an instant, or altogether: there are never many of those.
            for scope in self._ends:
                if isinstance(scope, IssuedBeforeScope) and issued_at <= scope.instant:
                    ends.extend(self._ends[scope].values())
        return max(ends, default=NEVER)


_NONE: dict[str, float] = {}
