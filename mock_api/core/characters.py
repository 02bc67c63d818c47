"""Characters: a name that a tester gave to what a video shows. No bytes of an uploaded file are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from . import errors, events
from .orders import NAME_LONGEST, check_text
from .redaction import redact

if TYPE_CHECKING:
    from .authority import Authority

CHARACTERS_PER_TESTER = 100


class Character(Struct, frozen=True, gc=False):
    """The character object of the wire."""

    id: str
    object: str
    created_at: int
    name: str


class Characters:
    """Who named what; up to `CHARACTERS_PER_TESTER` each."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._of: dict[str, dict[str, Character]] = {}

    def create(self, tester_id: str, name: str, now: float) -> Character:
        """Name a character: `Invalid` for a bad name, `QuotaExhausted` for one too many."""
        check_text("name", name, NAME_LONGEST)
        if len(self._of.get(tester_id, ())) >= CHARACTERS_PER_TESTER:
            raise errors.QuotaExhausted(f"A tester may keep {CHARACTERS_PER_TESTER} characters.")
        character_id = self._authority.ids.new("char")
        self._authority.record(events.CharacterCreated(now, character_id, tester_id, redact(name)))
        return self.find(tester_id, character_id)

    def find(self, tester_id: str, character_id: str) -> Character:
        """The tester's character of this id; `NotFound` if it is unknown or another's."""
        character = self._of.get(tester_id, {}).get(character_id)
        if character is None:
            raise errors.NotFound("There is no character of this id.", param="character_id")
        return character

    def apply_character_created(self, event: events.CharacterCreated) -> None:
        """Keep the character."""
        character = Character(event.character_id, "character", int(event.at), event.name)
        self._of.setdefault(event.tester_id, {})[event.character_id] = character
