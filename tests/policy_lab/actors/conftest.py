"""An API that answers what it was told to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_api.core.doors.public import TokenGrant
from mock_api.core.dpop import Presented
from mock_api.core.errors import ClientInvalid
from mock_api.core.gate import Caller
from mock_api.core.orders import VideoOrder
from mock_api.core.outputs import Content
from mock_api.core.video import ApprovalView, Video
from policy_lab.actors.client import Client


def video(status: Any) -> Video:
    return Video(
        "video_1", "video", "mock-video-1", status, 0, 0, None, None, "p", "s", "5", None, None, None,
        ApprovalView("not_required", None, None),
    )


class Reported(list[dict[str, Any]]):
    """Takes reports down."""

    def report_leak(self, source: str, by: str, **named: Any) -> None:
        """Note one."""
        self.append({"source": source, "by": by, **named})


class Api:
    """Answers with what it was told to answer, in turn; the last answer is given for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str | None]] = []
        self.bought = 0
        self.sells = True

    def issue_access_token(
        self, client_id: str, client_secret: str, scope: str | None, origin: str, presented: Presented | None = None
    ) -> TokenGrant:
        if not self.sells:
            raise ClientInvalid("revoked")
        self.bought += 1
        return TokenGrant(f"token {self.bought}", 600, "videos")

    def submit_video(self, caller: Caller, order: VideoOrder, idempotency_key: str | None) -> Video:
        return self._answer("submit", caller)

    def retrieve_video(self, caller: Caller, video_id: str) -> Video:
        return self._answer("retrieve", caller)

    def list_videos(self, caller: Caller, after: str | None, limit: int, order: str) -> Any:
        return self._answer("list", caller)

    def download(self, caller: Caller, video_id: str, variant: str) -> Content:
        self._answer("download", caller)
        return Content(b"mp4", "video/mp4")

    def _answer(self, what: str, caller: Caller) -> Video:
        self.asked.append((what, caller.bearer))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return video(answer)


@pytest.fixture
def api() -> Callable[..., Any]:
    """Makes an API of answers: a Refusal is raised, a word becomes a video of that status."""
    return Api


@pytest.fixture
def client() -> Callable[[Any], Client]:
    """Makes a client of an API, with the tester key `llk_key` and the access token `token 0`."""
    return client_of


@pytest.fixture
def reported() -> Reported:
    """Takes reports down."""
    return Reported()


def client_of(api: Api) -> Client:
    client = Client(api, api, "198.18.0.1 sdk")
    client.hold_key("tester_1", "llk_key")
    client.hold_token("token 0")
    return client
