"""A desk with a clock, and what it told its log."""

from __future__ import annotations

from frontend_proxy.core.actions import Check, Create, Fetch, Poll
from frontend_proxy.core.desk import Desk
from frontend_proxy.core.events import FrontEndEvent
from frontend_proxy.core.orders import ClipOrder
from frontend_proxy.core.settings import DeskSettings
from tests.frontend_proxy.surroundings import CountingIds, SetClock

ORDER = ClipOrder("A paper boat")


class Front:
    """The desk under test; its visitors come and go as told."""

    def __init__(self, *secrets: str, settings: DeskSettings | None = None) -> None:
        self.clock = SetClock()
        self.events: list[FrontEndEvent] = []
        self.desk = Desk(settings or DeskSettings(), self.clock, CountingIds(), self.events.append)
        for secret in secrets:
            self.desk.credentials.add(secret)

    def submit(self, count: int = 1) -> list[str]:
        """Let `count` new visitors join the line; returns their submissions."""
        names = [self.desk.ids.new("visitor") for _ in range(count)]
        for name in names:
            self.desk.arrive(name)
        return [self.desk.submit(name, ORDER).submission_id for name in names]

    def actions(self) -> list[Create | Poll | Fetch | Check]:
        return self.desk.actions(self.clock.now())

    def started(self) -> list[str]:
        """Whose renders are to be ordered now."""
        return [action.submission_id for action in self.actions() if isinstance(action, Create)]

    def kinds(self, kind: type[FrontEndEvent]) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    def render(self, submission_id: str) -> None:
        """Order, poll once, fetch."""
        self.desk.created(submission_id, f"video_of_{submission_id}")
        self.clock.advance(5)
        self.actions()
        self.desk.polled(submission_id, "completed")
        self.actions()
        self.desk.fetched(submission_id, ok=True)
