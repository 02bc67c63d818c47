"""A studio: a range with one active tester, whose renders take ten seconds per clip second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from mock_api.core.gate import Caller
from mock_api.core.orders import VideoOrder
from mock_api.core.outputs import Content
from mock_api.core.policy import Approval, Policy, RenderModel
from mock_api.core.quantities import DAY
from mock_api.core.video import Video

ORIGIN = "192.0.2.7 curl/8"
PLAIN: dict[str, Any] = {"seconds_per_clip_second": 10.0, "service_sigma": 0.0, "moderation_share": 0.0}


@dataclass
class Studio:
    """What a tester and a reviewer do, in one word each."""

    range: Any
    tester_id: str = ""
    caller: Caller = field(default_factory=lambda: Caller(None, ORIGIN))

    def __post_init__(self) -> None:
        self.tester_id, token = self.range.tester_with_token()
        self.caller = Caller(token, ORIGIN)

    @property
    def authority(self) -> Any:
        return self.range.authority

    @property
    def jti(self) -> str:
        return str(self.range.jti(self.caller.bearer))

    def submit(self, prompt: str = "a quiet street", key: str | None = None, **order: Any) -> Video:
        wanted = VideoOrder(prompt=prompt, **order)
        video: Video = self.authority.tester.submit_video(self.caller, wanted, key)
        return video

    def retrieve(self, video_id: str) -> Video:
        video: Video = self.authority.tester.retrieve_video(self.caller, video_id)
        return video

    def download(self, video_id: str, variant: str = "video") -> Content:
        content: Content = self.authority.tester.download(self.caller, video_id, variant)
        return content

    def finished(self, **order: Any) -> Video:
        """A video whose render has ended."""
        video = self.submit(**order)
        self.range.clock.advance(1000.0)
        return self.retrieve(video.id)

    def adopt(self, **knobs: Any) -> None:
        """Put another policy in force."""
        self.authority.operator.adopt_policy(Policy(name="other", **knobs), "operator")

    def other_tester(self) -> Studio:
        """Another tester of the same range."""
        return Studio(self.range)

    def state(self, authority: Any = None) -> dict[str, Any]:
        """Everything that videos and approvals remember."""
        authority = authority or self.authority
        videos, approvals = authority.videos, authority.approvals
        line = videos.rendering.line
        return {
            "records": videos.records, "of": videos._of, "remembered": vars(videos._remembered),
            "cursors": videos._cursors, "characters": videos.characters._of,
            "usage": (videos.usage._ordered.admitted, videos.usage._in_flight),
            "line": (line.capacity, list(line.waiting), line.running), "approvals": approvals._in_state,
        }


@pytest.fixture(scope="session")
def open_studio(open_range: Callable[..., Any]) -> Callable[..., Studio]:
    """Opens a studio with an approval mode, render knobs and policy knobs."""

    def open_with(mode: str = "none", renders: dict[str, Any] | None = None, **knobs: Any) -> Studio:
        knobs.setdefault("token_lifetime", 30 * DAY)
        knobs.setdefault("approval", Approval(mode=mode))  # type: ignore[arg-type]  # One of three words.
        return Studio(open_range(renders=RenderModel(**{**PLAIN, **(renders or {})}), **knobs))

    return open_with


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    """A studio whose outputs need no approval."""
    return open_studio()
