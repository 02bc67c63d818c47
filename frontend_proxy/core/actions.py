"""What the desk wants done upstream. Each is answered once; a lost answer ends in a time-out."""

from __future__ import annotations

from msgspec import Struct

from .orders import ClipOrder


class Create(Struct, frozen=True, gc=False):
    """Order the render. Answer: `created`, `refused` or `unreachable`."""

    submission_id: str
    credential: str
    order: ClipOrder

    @property
    def idempotency_key(self) -> str:
        """The same for every try with this credential, so that a lost answer makes no second clip."""
        return f"{self.submission_id}-{self.credential}"


class Poll(Struct, frozen=True, gc=False):
    """Ask how the render is doing. Answer: `polled`, `refused` or `unreachable`."""

    submission_id: str
    credential: str
    video_id: str


class Fetch(Struct, frozen=True, gc=False):
    """Download the finished clip. Answer: `fetched`, `refused` or `unreachable`."""

    submission_id: str
    credential: str
    video_id: str


class Check(Struct, frozen=True, gc=False):
    """See whether a dead credential lives again. Answer: `checked`."""

    credential: str


Action = Create | Poll | Fetch | Check
