"""What is written beside an exhibit, and the exhibit itself: a wrong part that takes the place of the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct

from mock_api.core.policy import ExhibitName

if TYPE_CHECKING:
    from mock_api.core.authority import Authority
    from mock_api.core.enforcement.point import EnforcementPoint


class Card(Struct, frozen=True, kw_only=True):
    """What a visitor should know. `reports` name the public reports that it is modelled on, the closest first."""

    name: ExhibitName
    title: str
    reports: tuple[str, ...]       # owner/repository#number
    wrong: str                     # what is wrong, in one or two sentences
    look_for: str                  # how it shows from outside
    breaks: str                    # the invariant that does not hold with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A `wrong` class that takes the place of the `right` one, in the authority or in a gate in front.

    `wrong` is a subclass of `right` and holds the error alone. `part` finds what it is about; None: there is no such
    part under this enforcement.
    """

    card: Card
    right: type
    wrong: type
    part: Callable[[Authority], object] | None = None
    part_at_gate: Callable[[EnforcementPoint], object | None] | None = None
