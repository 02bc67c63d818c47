"""How long the queues were: at the front end, and at the renderer."""

from __future__ import annotations

from frontend_proxy.core.events import SubmissionFailed, SubmissionQueued, SubmissionStarted, VisitorReneged
from mock_api.core.events import RenderFailed, RenderFinished, RenderStarted, VideoSubmitted
from policy_lab.ledger.listening import Applier

from .levels import Level


class Queues:
    """How many were waiting at the front end, waiting for the renderer, and being rendered."""

    def __init__(self) -> None:
        self.front_end = Level()
        self.render_queue = Level()
        self.rendering = Level()
        self._submissions: set[str] = set()
        self._waiting: set[str] = set()
        self._running: set[str] = set()

    def appliers(self) -> dict[type, Applier]:
        """Whatever joins or leaves one of the queues."""
        return {
            SubmissionQueued: self._joined,
            SubmissionStarted: self._left,
            VisitorReneged: self._left,
            SubmissionFailed: self._left,
            VideoSubmitted: self._ordered,
            RenderStarted: self._started,
            RenderFinished: self._ended,
            RenderFailed: self._ended,
        }

    def _joined(self, event: SubmissionQueued) -> None:
        self._submissions.add(event.submission_id)
        self.front_end.note(event.at, len(self._submissions))

    def _left(self, event: SubmissionStarted | VisitorReneged | SubmissionFailed) -> None:
        if event.submission_id in self._submissions:
            self._submissions.remove(event.submission_id)
            self.front_end.note(event.at, len(self._submissions))

    def _ordered(self, event: VideoSubmitted) -> None:
        self._waiting.add(event.video_id)
        self.render_queue.note(event.at, len(self._waiting))

    def _started(self, event: RenderStarted) -> None:
        self._waiting.discard(event.video_id)
        self._running.add(event.video_id)
        self._note(event.at)

    def _ended(self, event: RenderFinished | RenderFailed) -> None:
        self._waiting.discard(event.video_id)
        self._running.discard(event.video_id)
        self._note(event.at)

    def _note(self, at: float) -> None:
        self.render_queue.note(at, len(self._waiting))
        self.rendering.note(at, len(self._running))
