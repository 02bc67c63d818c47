"""`GET /v1/videos/{id}`, the one route that every waiting client calls again and again, without a detour.

It stands in the OpenAPI like any other, but speaks ASGI itself: no request object, no dependency resolution,
and an encoding that is kept until the video changes (the core hands out the same object until then).
"""

from __future__ import annotations

from fastapi import FastAPI, Security
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.video import Video

from .answers import video_answer
from .callers import ACCESS_TOKEN, caller_of
from .documents import POLL_HEADER, operation
from .settings import WebSettings
from .videos import AT_THE_GATE, EXAMPLE

REMEMBERED = 4096  # encodings kept

RawHeaders = list[tuple[bytes, bytes]]


class RetrieveVideo:
    """The route as an ASGI application."""

    def __init__(self, authority: Authority, settings: WebSettings) -> None:
        self._retrieve = authority.tester.retrieve_video
        self._poll_after = settings.poll_after
        self._encoded: dict[str, tuple[Video, RawHeaders, bytes]] = {}

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer with the video."""
        video_id = scope["path_params"]["video_id"]
        video = self._retrieve(caller_of(scope), video_id)
        encoded = self._encoded.get(video_id)
        if encoded is None or encoded[0] is not video:
            encoded = self._encode(video)
        headers, body = encoded[1:]
        await send({"type": "http.response.start", "status": 200, "headers": headers.copy()})
        await send({"type": "http.response.body", "body": body})

    def _encode(self, video: Video) -> tuple[Video, RawHeaders, bytes]:
        answer = video_answer(video, self._poll_after)
        encoded = (video, answer.raw_headers, bytes(answer.body))
        if len(self._encoded) >= REMEMBERED:
            self._encoded.clear()
        self._encoded[video.id] = encoded
        return encoded


def serve_lean(api: FastAPI, authority: Authority, settings: WebSettings) -> None:
    """Add the route, before all others."""
    what = operation(
        "Retrieve a video", "videos", Video, refusals=(*AT_THE_GATE, errors.NotFound), example=EXAMPLE
    )
    what["responses"][200]["headers"] = POLL_HEADER

    @api.get("/v1/videos/{video_id:name}", dependencies=[Security(ACCESS_TOKEN)], **what)
    async def retrieve_video(video_id: str) -> Response:
        """One video of the caller's own. Poll it until its status is `completed` or `failed`."""
        raise AssertionError(video_id)  # Never called: the route below speaks for itself.

    route = api.router.routes[-1]
    assert isinstance(route, APIRoute)  # noqa: S101 - just added.
    route.app = RetrieveVideo(authority, settings)
