"""What gates in front are told of revocations: numbered notices, and the whole of them as a snapshot.

Notices carry no reasons and no names of responders: a gate needs neither.
"""

from __future__ import annotations

from msgspec import Struct

from .errors import Invalid
from .scopes import Scope


class Version(Struct, frozen=True, order=True):
    """A point in the revocation feed; as text `feed.seq`. Two versions of different feeds do not compare."""

    feed: str
    seq: int

    def __str__(self) -> str:
        return f"{self.feed}.{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Version:
        """The version that `text` writes; raises Invalid."""
        feed, _, seq = text.rpartition(".")
        if not feed or not seq.isdecimal() or not seq.isascii() or len(seq) > 15 or len(feed) > 80:
            raise Invalid("A version is what a revocation answered, as in `key_1.42`.", param="X-Leaklab-Version")
        return cls(feed, int(seq))


class Stopped(Struct, frozen=True, tag_field="kind", tag="stopped"):
    """Refuse what the scope covers, as far as it was issued at or before `cutoff`."""

    scope: Scope
    cutoff: float


class SuspendedUntil(Struct, frozen=True, tag_field="kind", tag="suspended"):
    """Refuse what the scope covers until `until`."""

    suspension_id: str
    scope: Scope
    until: float


class Lifted(Struct, frozen=True, tag_field="kind", tag="lifted"):
    """The suspension is over."""

    suspension_id: str


class Paused(Struct, frozen=True, tag_field="kind", tag="paused"):
    """Refuse everybody, or no longer."""

    paused: bool


class Left(Struct, frozen=True, tag_field="kind", tag="left"):
    """The tester is out of the programme for good."""

    tester_id: str


Change = Stopped | SuspendedUntil | Lifted | Paused | Left


class Notice(Struct, frozen=True):
    """One change, with its number in the feed (from 1) and the instant at which it took effect."""

    seq: int
    at: float
    change: Change


class Notices(Struct, frozen=True, tag_field="kind", tag="notices"):
    """The notices beyond a number, oldest first. `seq` is the newest there is, `at` when that was so."""

    feed: str
    seq: int
    at: float
    notices: tuple[Notice, ...]


class Cutoffs(Struct, frozen=True):
    """Not-before instants alone: of everybody, by tester, by cohort. A single token's end is its tester's cutoff."""

    feed: str
    seq: int
    at: float
    everything: float | None
    by_tester: dict[str, float]
    by_cohort: dict[str, float]
    paused: bool


class Snapshot(Struct, frozen=True, tag_field="kind", tag="snapshot"):
    """All that notices up to `seq` have brought about, as far as it can still matter."""

    feed: str
    seq: int
    at: float
    everything: float | None
    by_tester: dict[str, float]
    by_cohort: dict[str, float]
    jtis: tuple[str, ...]
    kids: tuple[str, ...]
    families: tuple[str, ...]
    suspensions: tuple[SuspendedUntil, ...]
    left: tuple[str, ...]
    paused: bool
