"""When to ask again, and how old an answer may grow: what all views that fetch have in common."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from mock_api.core.errors import Refusal

from .silence import Silence, verdict


@dataclass(slots=True)
class Polling:
    """Fetch every `every` seconds, and again `timeout` seconds after a question that found no answer.

    An answer is as old as its question, by the gate's own clock: how far that clock is off does not matter. Older
    than every + timeout it is silence.
    """

    every: float
    timeout: float
    silence: Silence
    grace: float
    as_of: float = -inf            # when the newest answer was asked for
    due: float = 0.0               # when to ask next

    def answered(self, asked_at: float) -> None:
        """Somebody answered the question of `asked_at`; one that overtook another changes nothing."""
        if asked_at >= self.as_of:
            self.as_of, self.due = asked_at, asked_at + self.every

    def unanswered(self, asked_at: float) -> None:
        """Nobody answered the question of `asked_at`."""
        self.due = max(self.due, asked_at + self.timeout)

    def silent(self, now: float) -> Refusal | None:
        """Whether to refuse because the newest answer is too old, or there never was one."""
        silent_for = now - self.as_of - self.every - self.timeout
        return verdict(self.silence, self.grace, silent_for) if silent_for > 0.0 else None
