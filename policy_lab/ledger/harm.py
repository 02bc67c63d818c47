"""What strangers got: renders, capacity, outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_api.core.events import (
    OutputApproved,
    OutputDownloaded,
    OutputRecalled,
    RenderFailed,
    RenderFinished,
    RenderStarted,
    VideoDeleted,
    VideoSubmitted,
)

from .incident import Incident


class Harm:
    """Follows the videos that misuse ordered, and whatever strangers downloaded."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self.stolen: set[str] = set()              # videos ordered by misuse
        self._running: dict[str, RenderStarted] = {}
        self._approved: set[str] = set()
        self._escaped: set[str] = set()
        self._renders = self._unapproved = 0
        self._render_seconds = 0.0

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What it listens to."""
        return {
            VideoSubmitted: self.apply_submitted, RenderStarted: self.apply_started,
            RenderFinished: self.apply_ended, RenderFailed: self.apply_ended, VideoDeleted: self.apply_ended,
            OutputRecalled: self.apply_ended,
            OutputApproved: self.apply_approved, OutputDownloaded: self.apply_downloaded,
        }

    def figures(self, horizon_at: float) -> dict[str, Any]:
        """Renders and outputs; a render still running counts up to the horizon."""
        running = sum(
            max(0.0, min(render.finishes_at, horizon_at) - render.at) for render in self._running.values()
        )
        return {
            "misuse_renders": self._renders,
            "render_seconds_stolen": self._render_seconds + running,
            "outputs_escaped": len(self._escaped),
            "outputs_escaped_unapproved": self._unapproved,
        }

    def apply_submitted(self, event: VideoSubmitted) -> None:
        """A submission follows its admission, so the token's latest request tells whose it is."""
        if self._incident.is_misuse(event.jti):
            self.stolen.add(event.video_id)

    def apply_started(self, event: RenderStarted) -> None:
        """Capacity is taken from now on."""
        if event.video_id in self.stolen:
            self._renders += 1
            self._running[event.video_id] = event

    def apply_ended(self, event: RenderFinished | RenderFailed | OutputRecalled | VideoDeleted) -> None:
        """Capacity is free again."""
        started = self._running.pop(event.video_id, None)
        if started is not None:
            self._render_seconds += event.at - started.at

    def apply_approved(self, event: OutputApproved) -> None:
        """A reviewer agreed that it leaves."""
        self._approved.add(event.video_id)

    def apply_downloaded(self, event: OutputDownloaded) -> None:
        """Bytes that a stranger has are out for good; an output escapes once."""
        if event.origin in self._incident.strangers and event.video_id not in self._escaped:
            self._escaped.add(event.video_id)
            self._unapproved += event.video_id not in self._approved
