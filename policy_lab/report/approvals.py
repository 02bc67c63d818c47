"""What became of the outputs: how many waited for a reviewer, and how they were settled."""

from __future__ import annotations

from typing import Any, Literal

from mock_api.core.events import (
    OutputApproved,
    OutputDownloaded,
    OutputExpired,
    OutputQuarantined,
    OutputRecalled,
    OutputRejected,
    RenderFinished,
    VideoDeleted,
)

from .levels import Level
from .reading import Handler
from .strangers import Strangers

Verdict = Literal["approved", "rejected", "quarantined", "recalled"]
VERDICTS: tuple[Verdict, ...] = ("approved", "rejected", "quarantined", "recalled")


class Approvals:
    """The approval queue of one run: outputs that waited, and the instants of the verdicts."""

    def __init__(self, strangers: Strangers, mode: str) -> None:
        self._strangers = strangers
        self.mode = mode
        self.waiting = Level()
        self.verdicts: dict[Verdict, list[float]] = {verdict: [] for verdict in VERDICTS}
        self.of_strangers: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
        self.downloaded_waiting = 0
        self._open: set[str] = set()

    def handlers(self) -> dict[type, Handler]:
        """Finished renders, and whatever settles them."""
        return {
            RenderFinished: self._finished,
            OutputApproved: lambda event: self._settled(event, "approved"),
            OutputRejected: lambda event: self._settled(event, "rejected"),
            OutputQuarantined: lambda event: self._settled(event, "quarantined"),
            OutputRecalled: lambda event: self._settled(event, "recalled"),
            OutputExpired: self._gone,
            VideoDeleted: self._gone,
            OutputDownloaded: self._downloaded,
        }

    def _finished(self, event: RenderFinished) -> None:
        if self.mode != "none":
            self._open.add(event.video_id)
            self.waiting.note(event.at, len(self._open))

    def _settled(self, event: Any, verdict: Verdict) -> None:
        self.verdicts[verdict].append(event.at)
        if event.video_id in self._strangers.videos:
            self.of_strangers[verdict] += 1
        self._gone(event)

    def _gone(self, event: Any) -> None:
        if event.video_id in self._open:
            self._open.remove(event.video_id)
            self.waiting.note(event.at, len(self._open))

    def _downloaded(self, event: OutputDownloaded) -> None:
        if event.video_id in self._open and event.variant == "video":
            self.downloaded_waiting += 1
