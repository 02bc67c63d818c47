"""Renders through events: what starts, finishes or fails is recorded at the instant at which it fell due.

Whatever makes room or fills the line sets a deadline at its own instant; once that is settled, it moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import events
from .renders import MODERATION_READS, RenderLine
from .video import VideoRecord

if TYPE_CHECKING:
    from .authority import Authority

KEPT_AFTER_END = 3600.0  # seconds that a video outlives its output: so long the answer is 410, and then 404


class Rendering:
    """Moves videos through the render line; `forget` is called with the id of a video whose time is over."""

    def __init__(
        self, authority: Authority, records: dict[str, VideoRecord], forget: Callable[[str], None]
    ) -> None:
        self._authority = authority
        self._records = records
        self._forget = forget
        self._changed_at = float("-inf")
        self.line = RenderLine(authority.render_model.capacity)

    def join(self, video_id: str, at: float) -> None:
        """Put a submitted video in line."""
        self.line.join(video_id)
        self._look(at)

    def leave(self, video_id: str, at: float) -> None:
        """Take a video out of the line or off its renderer."""
        self.line.leave(video_id)
        self._look(at)

    def apply_policy_adopted(self, event: events.PolicyAdopted) -> None:
        """Follow the capacity of the policy in force."""
        self.line.capacity = self._authority.render_model.capacity
        self._look(event.at)

    def apply_render_started(self, event: events.RenderStarted) -> None:
        """Occupy capacity until the end of the render."""
        record = self._records[event.video_id]
        self.line.start(event.video_id)
        self._changed_at = event.at
        record.phase, record.shown = "rendering", None
        record.started_at, record.finishes_at = event.at, event.finishes_at
        record.times_out = event.finishes_at < event.at + _wanted(record)
        self._authority.deadlines.set(event.finishes_at, self.due_finish, event.video_id)

    def expire_at(self, at: float, video_id: str) -> None:
        """Let an output expire at `at`."""
        self._authority.deadlines.set(at, self.due_expire, video_id)

    def forget_at(self, at: float, video_id: str) -> None:
        """Let a video without an output be forgotten at `at`."""
        self._authority.forgetting.set(at, self.due_forget, video_id)

    def due_start(self, _key: str, at: float) -> None:
        """Start whoever may.

        A deadline that a replay left over is older than the line's last change, and says nothing.
        """
        if at < self._changed_at:
            return
        timeout = self._authority.render_model.timeout
        while (video_id := self.line.head()) is not None:
            length = min(_wanted(self._records[video_id]), timeout)
            self._authority.record(events.RenderStarted(at, video_id, at + length))

    def due_finish(self, video_id: str, at: float) -> None:
        """End the render that was to end now."""
        record = self._records.get(video_id)
        if record is None or record.phase != "rendering" or record.finishes_at != at:
            return
        if record.times_out:
            self._authority.record(events.RenderFailed(at, video_id, "render_timeout"))
        elif record.blocked:
            self._authority.record(events.RenderFailed(at, video_id, "moderation_blocked"))
        else:
            held = self._authority.policy.approval.mode == "hold"
            expires_at = at + self._authority.render_model.output_lifetime
            self._authority.record(events.RenderFinished(at, video_id, held, expires_at))

    def due_expire(self, video_id: str, at: float) -> None:
        """End the lifetime of an output."""
        record = self._records.get(video_id)
        if record is not None and record.phase == "finished" and record.expires_at == at:
            self._authority.record(events.OutputExpired(at, video_id))

    def due_forget(self, video_id: str, _at: float) -> None:
        """Forget a video that failed or expired a while ago; no event, for nothing happens to anyone."""
        if video_id in self._records:
            self._forget(video_id)

    def _look(self, at: float) -> None:
        self._changed_at = at
        if self.line.head() is not None:
            self._authority.deadlines.set(at, self.due_start, "")


def _wanted(record: VideoRecord) -> float:
    """How long the render takes if nothing stops it: moderation ends a blocked one early."""
    return record.service * MODERATION_READS if record.blocked else record.service
