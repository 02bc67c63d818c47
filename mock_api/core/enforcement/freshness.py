"""Freshness: gates pull slowly; a request that carries the version of a revocation waits for a view as new."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mock_api.core.errors import Invalid, Refusal
from mock_api.core.quantities import Positive

from .polling import Polling
from .pull import PulledView
from .questions import AskNotices, AskSnapshot, Question, Version
from .silence import Told, closed
from .view import Arrival, View

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims


class Freshness(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="freshness"):
    """A pulled view, and a demand: the answer to a revocation carries a version, and a request may carry it too.

    The idea of the zookie (Pang et al., Zanzibar, USENIX ATC 2019 §2.4): pay for freshness where it matters.
    """

    guarantee: ClassVar[str] = (
        "a request that carries the version of the revocation is refused at once; others within every + timeout"
    )
    in_silence: ClassVar[str] = "a request with a version is refused; others are decided by `silence`"

    every: Positive = 30.0                         # seconds between two fetches
    timeout: Positive = 5.0

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach requests without a version; with one it takes none."""
        return self.every + self.timeout

    def view(self) -> View:
        """A gate's view, which knows nothing yet."""
        return FreshView(Polling(self.every, self.timeout, self.silence, self.grace))


class FreshView(PulledView):
    """A pulled copy of the register that is brought up to the version a request demands."""

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By the copy, once it is as new as demanded."""
        demanded, version = arrival.at_least, self.version
        if demanded is not None:
            if version is None:
                return AskSnapshot()
            if demanded.feed != version.feed:
                return _unheard_of()
            if demanded.seq > version.seq:
                # Who got a version came after it; an authority asked since then would have told of it.
                return _unheard_of() if self.asked_at >= arrival.at else AskNotices(version.seq)
        return super().judge(claims, arrival, now)

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """Closed to whoever demands what is not here; by the copy for all others."""
        if _misses(self.version, arrival.at_least):
            return closed()
        return super().unanswered(claims, arrival, now)


def _misses(version: Version | None, demanded: Version | None) -> bool:
    if demanded is None:
        return False
    return version is None or version.feed != demanded.feed or version.seq < demanded.seq


def _unheard_of() -> Refusal:
    return Invalid("This version is not one of this programme's revocations.", param="X-Leaklab-Version")
