"""Who is a stranger, and which videos are theirs: ground truth, as the scenario tells it."""

from __future__ import annotations

from mock_api.core.events import RequestAdmitted, VideoSubmitted
from policy_lab.truth import StrangerOrigin

from .reading import Handler


class Strangers:
    """Follows the origins that the scenario calls strangers. Read it before whoever asks it."""

    def __init__(self) -> None:
        self.origins: set[str] = set()
        self.videos: set[str] = set()
        self._admitted = ""

    def handlers(self) -> dict[type, Handler]:
        """Origins, and the videos ordered from them."""
        return {StrangerOrigin: self._origin, RequestAdmitted: self._request, VideoSubmitted: self._video}

    def _origin(self, event: StrangerOrigin) -> None:
        self.origins.add(event.origin)

    def _request(self, event: RequestAdmitted) -> None:
        self._admitted = event.origin

    def _video(self, event: VideoSubmitted) -> None:
        # A video is recorded right after the request that ordered it was let in.
        if self._admitted in self.origins:
            self.videos.add(event.video_id)
