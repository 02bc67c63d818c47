"""What became of the outputs: how many waited for a reviewer, and how they were settled."""

from __future__ import annotations

from typing import Any, Literal

from mock_api.core.events import (
    OutputApproved,
    OutputExpired,
    OutputQuarantined,
    OutputRecalled,
    OutputRejected,
    RenderFinished,
    VideoDeleted,
)
from policy_lab.ledger.listening import Applier

from .levels import Level

Verdict = Literal["approved", "rejected", "quarantined", "recalled"]
VERDICTS: tuple[Verdict, ...] = ("approved", "rejected", "quarantined", "recalled")


class Approvals:
    """The approval queue of one run: outputs that waited, and the instants of the verdicts."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.waiting = Level()
        self.verdicts: dict[Verdict, list[float]] = {verdict: [] for verdict in VERDICTS}
        self._open: set[str] = set()

    def appliers(self) -> dict[type, Applier]:
        """Finished renders, and whatever settles them."""
        return {
            RenderFinished: self._finished,
            OutputApproved: lambda event: self._settled(event, "approved"),
            OutputRejected: lambda event: self._settled(event, "rejected"),
            OutputQuarantined: lambda event: self._settled(event, "quarantined"),
            OutputRecalled: lambda event: self._settled(event, "recalled"),
            OutputExpired: self._gone,
            VideoDeleted: self._gone,
        }

    def _finished(self, event: RenderFinished) -> None:
        if self.mode != "none":
            self._open.add(event.video_id)
            self.waiting.note(event.at, len(self._open))

    def _settled(self, event: Any, verdict: Verdict) -> None:
        self.verdicts[verdict].append(event.at)
        self._gone(event)

    def _gone(self, event: Any) -> None:
        if event.video_id in self._open:
            self._open.remove(event.video_id)
            self.waiting.note(event.at, len(self._open))
