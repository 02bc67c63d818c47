"""The durable event log: group commit by one writer thread, replay at start. Start reading at `journal`."""

from .errors import JournalDamagedError, JournalError, JournalInUseError, JournalUnavailable
from .feed import Feed
from .in_memory import MemoryJournal
from .journal import Journal
from .port import JournalPort

__all__ = [
    "Feed", "Journal", "JournalDamagedError", "JournalError", "JournalInUseError", "JournalPort",
    "JournalUnavailable", "MemoryJournal",
]
