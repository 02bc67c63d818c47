"""The durable event log: group commit by one writer thread, replay at start. Start reading at `journal`."""

from .errors import JournalDamagedError, JournalError, JournalInUseError, JournalTakenOverError, JournalUnavailable
from .feed import Feed
from .in_memory import MemoryJournal
from .journal import Journal, glance, read_events
from .port import JournalPort

__all__ = [
    "Feed", "Journal", "JournalDamagedError", "JournalError", "JournalInUseError", "JournalPort",
    "JournalTakenOverError", "JournalUnavailable", "MemoryJournal", "glance", "read_events",
]
