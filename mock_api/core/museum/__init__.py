"""The museum of published failures: wrong parts that a policy switches on, each labelled with its public report.

A part becomes wrong by its class: the object stays, so that whoever holds it meets the error, and becomes right again
when a later policy leaves the exhibit out. Where no exhibit is on, nothing here is ever called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from mock_api.core.policy import ExhibitName

from .card import Card, Exhibit
from .expiry_only_at_cleanup import EXPIRY_ONLY_AT_CLEANUP
from .lock_ignored_by_open_streams import LOCK_IGNORED_BY_OPEN_STREAMS
from .older_cutoff_wins import OLDER_CUTOFF_WINS
from .per_row_family_sweep import PER_ROW_FAMILY_SWEEP
from .refresh_race import REFRESH_RACE
from .removed_key_still_cached import REMOVED_KEY_STILL_CACHED
from .state_race import STATE_RACE
from .verdict_cached_past_revocation import VERDICT_CACHED_PAST_REVOCATION

if TYPE_CHECKING:
    from mock_api.core.authority import Authority
    from mock_api.core.enforcement.point import EnforcementPoint

EXHIBITS: dict[ExhibitName, Exhibit] = {
    exhibit.card.name: exhibit
    for exhibit in (
        OLDER_CUTOFF_WINS,
        VERDICT_CACHED_PAST_REVOCATION,
        EXPIRY_ONLY_AT_CLEANUP,
        PER_ROW_FAMILY_SWEEP,
        LOCK_IGNORED_BY_OPEN_STREAMS,
        STATE_RACE,
        REFRESH_RACE,
        REMOVED_KEY_STILL_CACHED,
    )
}


def hang(authority: Authority, names: Collection[ExhibitName]) -> None:
    """Make the authority wrong in the ways of `names`, and right in all others."""
    _hang(names, lambda exhibit: None if exhibit.part is None else exhibit.part(authority))


def hang_at_gate(point: EnforcementPoint, names: Collection[ExhibitName]) -> None:
    """The same for a gate in front."""
    _hang(names, lambda exhibit: None if exhibit.part_at_gate is None else exhibit.part_at_gate(point))


def _hang(names: Collection[ExhibitName], find: Callable[[Exhibit], object | None]) -> None:
    parts: dict[int, tuple[object, type, list[type]]] = {}
    for name, exhibit in EXHIBITS.items():
        part = find(exhibit)
        if part is not None:
            _, _, wrong = parts.setdefault(id(part), (part, exhibit.right, []))
            if name in names:
                wrong.append(exhibit.wrong)
    for part, right, wrong in parts.values():
        part.__class__ = _made_of(right, wrong)


def _made_of(right: type, wrong: list[type]) -> type:
    """One class with all errors; each is a subclass of `right`, and calls on to the next."""
    if len(wrong) > 1:
        return type(right.__name__, tuple(wrong), {})
    return wrong[0] if wrong else right


__all__ = ["EXHIBITS", "Card", "Exhibit", "hang", "hang_at_gate"]
