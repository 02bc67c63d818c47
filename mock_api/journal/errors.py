"""What can go wrong with the journal.

* JournalError             cannot be opened or read: one sentence that says what, where and what to do
  - JournalInUseError      another process has it open
  - JournalTakenOverError  another process has written to it since this one lost it
  - JournalDamagedError    truncated, overwritten or not a journal at all
* JournalUnavailable       cannot be written just now: 503 to whoever waits, until the disk recovers
"""

from __future__ import annotations

from mock_api.core.errors import Unavailable


class JournalError(Exception):
    """The journal cannot be opened or read; `str()` is one sentence for the person who started the server."""


class JournalInUseError(JournalError):
    """Another process has the journal open: two writers would be two universes."""


class JournalTakenOverError(JournalError):
    """While this process had lost its database, another wrote to it: what is in memory here is no longer the truth."""

    def __init__(self, where: str) -> None:
        super().__init__(f"another process has written to {where}; this one writes no more and must be restarted")


class JournalDamagedError(JournalError):
    """What is on disk is not what was written."""


class JournalUnavailable(Unavailable):
    """The journal cannot be written now; nothing is acknowledged until it can."""

    should_retry = True

    def __init__(self) -> None:
        super().__init__("The event journal cannot be written just now; please try again.", retry_after=1.0)
