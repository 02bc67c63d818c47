"""Shaping answers: structs out as JSON."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import Struct
from starlette.responses import Response

from mock_api.core.video import Video
from mock_api.http.envelope import JSON

Item = TypeVar("Item")

POLL_AFTER = "openai-poll-after-ms"


class Listing(Struct, Generic[Item], frozen=True):
    """A list of things."""

    data: list[Item]
    object: Literal["list"] = "list"


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`value` as JSON."""
    return Response(msgspec.json.encode(value), status, headers, JSON)


def video_answer(video: Video, poll_after: float) -> Response:
    """A video; while it is under way, with the pause (seconds) a polling client should make."""
    if video.status in {"queued", "in_progress"}:
        return answer(video, headers={POLL_AFTER: str(round(poll_after * 1000))})
    return answer(video)
