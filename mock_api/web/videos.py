"""The video resource, compatible with OpenAI's `videos`: forms and JSON in, the video object out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, Query, Security
from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.characters import Character
from mock_api.core.orders import VideoOrder
from mock_api.core.video import ApprovalView, Video

from .answers import answer, video_answer
from .bodies import read_fields
from .callers import ACCESS_TOKEN, caller_of
from .documents import POLL_HEADER, form, operation
from .forms import NOT_BLANK, Edit, Extension, NewCharacter, NewVideo, Remix, VideoReference
from .settings import WebSettings

AT_THE_GATE = (
    errors.MissingToken, errors.MalformedToken, errors.ForgedToken, errors.TokenExpired,
    errors.TokenNotYetValid, errors.TokenUnknown, errors.TokenRevoked, errors.ProgrammePaused,
    errors.TesterSuspended, errors.TesterInactive, errors.InsufficientScope, errors.RateLimited,
    errors.KeyNotProven, errors.ProofInvalid, errors.ProofReplayed, errors.ProofNonceNeeded, errors.ProofsFull,
)
AT_AN_ORDER = (
    *AT_THE_GATE, errors.NotFound, errors.NotApproved, errors.NotReady, errors.OutputQuarantined,
    errors.OutputRecalled, errors.OutputExpired, errors.IdempotencyConflict, errors.IdempotencyMismatch,
    errors.QuotaExhausted, errors.TooManyRenders, errors.QueueFull,
)
AT_AN_OUTPUT = (
    *AT_THE_GATE, errors.NotFound, errors.NotApproved, errors.NotReady, errors.OutputQuarantined,
    errors.OutputRecalled, errors.OutputExpired,
)
EXAMPLE = Video(
    id="video_1a2b3c", object="video", model="mock-video-1", status="in_progress", progress=40,
    created_at=1732620000, completed_at=None, expires_at=None, prompt="A lighthouse in fog", size="720x1280",
    seconds="4", remixed_from_video_id=None, error=None, style="film",
    approval=ApprovalView("not_required", None, None),
)
IdempotencyKey = Annotated[str | None, Header(
    alias="Idempotency-Key", min_length=1, max_length=255, pattern=NOT_BLANK,
    description="Repeats of an order under one key are one order; quotes around it do not count.",
)]


class VideoList(Struct, frozen=True):
    """A page of videos; ask for the next with `after=last_id`."""

    object: Literal["list"]
    data: list[Video]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedVideo(Struct, frozen=True):
    """What is left of a deleted video."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: bool = True


def serve_videos(api: FastAPI, authority: Authority, settings: WebSettings) -> None:
    """Add orders, lists and outputs. Whoever adds routes with an id adds them after these."""
    tester = authority.tester
    _serve_orders(api, authority, settings)
    _serve_output(api, authority)

    what = operation("List videos", "videos", VideoList, refusals=(*AT_THE_GATE, errors.NotFound))

    @api.get("/v1/videos", dependencies=[Security(ACCESS_TOKEN)], **what)
    async def list_videos(
        request: Request,
        after: Annotated[str | None, Query(description="The id before the first one wanted.")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        order: Literal["asc", "desc"] = "desc",
    ) -> Response:
        """The tester's videos by age, a page at a time."""
        try:
            page = tester.list_videos(caller_of(request.scope), after, limit, order)
        except errors.NotFound as refusal:
            raise errors.NotFound(refusal.message, param="after") from None
        return answer(VideoList("list", page.data, page.first_id, page.last_id, page.has_more))

    what = operation(
        "Delete a video", "videos", DeletedVideo, refusals=(*AT_THE_GATE, errors.NotFound),
        example=DeletedVideo("video_1a2b3c"),
    )

    @api.delete("/v1/videos/{video_id:name}", dependencies=[Security(ACCESS_TOKEN)], **what)
    async def delete_video(request: Request, video_id: str) -> Response:
        """Delete a video; a render in flight is cancelled."""
        tester.delete_video(caller_of(request.scope), video_id)
        return answer(DeletedVideo(video_id))


def _serve_output(api: FastAPI, authority: Authority) -> None:
    what = operation("Download an output", "videos", bytes, refusals=AT_AN_OUTPUT)
    what["responses"][200] = {"description": "The output: never video, and it says so.", "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("video/mp4", "image/webp")
    }}

    @api.get("/v1/videos/{video_id:name}/content", dependencies=[Security(ACCESS_TOKEN)], **what)
    async def download(
        request: Request, video_id: str, variant: Literal["video", "thumbnail", "spritesheet"] = "video"
    ) -> Response:
        """A container without tracks, or a card, that names the simulation and bears a watermark."""
        content = authority.tester.download(caller_of(request.scope), video_id, variant)
        headers = {"X-Content-Type-Options": "nosniff"}
        return Response(content.body, headers=headers, media_type=content.media_type)


def _serve_orders(api: FastAPI, authority: Authority, settings: WebSettings) -> None:
    async def place(request: Request, order: VideoOrder, key: str | None) -> Response:
        video = authority.tester.submit_video(caller_of(request.scope), order, _unquoted(key))
        return video_answer(video, settings.poll_after)

    @api.post("/v1/videos", **_ordering("Create a video", NewVideo, ("input_reference",)))
    async def create_video(request: Request, idempotency_key: IdempotencyKey = None) -> Response:
        """Order a render. It comes back `queued`; poll it until it is `completed` or `failed`."""
        body, _ = await read_fields(request, NewVideo, files=("input_reference",))
        order = VideoOrder(
            prompt=body.prompt, model=body.model, seconds=body.seconds, size=body.size, style=body.style
        )
        return await place(request, order, idempotency_key)

    @api.post("/v1/videos/edits", **_ordering("Edit a video", Edit, ("video",)))
    async def edit_video(request: Request, idempotency_key: IdempotencyKey = None) -> Response:
        """Render a video anew after a prompt."""
        body, uploads = await read_fields(request, Edit, files=("video",))
        source = _source(body.video, uploads)
        order = VideoOrder(prompt=body.prompt, source="edit", source_video_id=source)
        return await place(request, order, idempotency_key)

    @api.post("/v1/videos/extensions", **_ordering("Extend a video", Extension, ("video",)))
    async def extend_video(request: Request, idempotency_key: IdempotencyKey = None) -> Response:
        """Let a video go on."""
        body, uploads = await read_fields(request, Extension, files=("video",))
        source = _source(body.video, uploads)
        order = VideoOrder(
            prompt=body.prompt, seconds=body.seconds, source="extension", source_video_id=source
        )
        return await place(request, order, idempotency_key)

    @api.post("/v1/videos/{video_id:name}/remix", **_ordering("Remix a video", Remix, ()))
    async def remix_video(
        request: Request, video_id: str, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Make another video out of one of the caller's own."""
        body, _ = await read_fields(request, Remix)
        order = VideoOrder(prompt=body.prompt, source="remix", source_video_id=video_id)
        return await place(request, order, idempotency_key)


def serve_characters(api: FastAPI, authority: Authority) -> None:
    """Add characters. They come before the routes with a video's id."""
    what = operation(
        "Create a character", "characters", Character, refusals=(*AT_AN_OUTPUT, errors.QuotaExhausted)
    )
    what["openapi_extra"] = {"requestBody": form(
        NewCharacter, ("video",), {"name": "Lighthouse keeper", "video": {"id": "video_1a2b3c"}}
    )}

    @api.post("/v1/videos/characters", dependencies=[Security(ACCESS_TOKEN)], **what)
    async def create_character(request: Request) -> Response:
        """Name what a video shows."""
        body, uploads = await read_fields(request, NewCharacter, files=("video",))
        source = _source(body.video, uploads)
        return answer(authority.tester.create_character(caller_of(request.scope), body.name, source))

    what = operation(
        "Retrieve a character", "characters", Character, refusals=(*AT_THE_GATE, errors.NotFound)
    )

    @api.get("/v1/videos/characters/{character_id}", dependencies=[Security(ACCESS_TOKEN)], **what)
    async def retrieve_character(request: Request, character_id: str) -> Response:
        """One character of the caller's own."""
        return answer(authority.tester.retrieve_character(caller_of(request.scope), character_id))


def _ordering(summary: str, body: type[Struct], uploads: tuple[str, ...]) -> dict[str, Any]:
    """What to say about a route that orders a render."""
    what = operation(summary, "videos", Video, refusals=AT_AN_ORDER, example=EXAMPLE)
    what["responses"][200]["headers"] = POLL_HEADER
    what["openapi_extra"] = {"requestBody": form(body, uploads, {
        "prompt": "A lighthouse in fog", **({"seconds": "8"} if body is Extension else {}),
        **({"video": {"id": "video_1a2b3c"}} if "video" in uploads else {}),
    })}
    return {**what, "dependencies": [Security(ACCESS_TOKEN)]}


def _source(video: VideoReference | UnsetType, uploads: frozenset[str]) -> str | None:
    """The id of the video worked on; None for an upload."""
    if video is not UNSET and "video" not in uploads:
        return video.id
    if video is UNSET and "video" in uploads:
        return None
    raise errors.Invalid("Give `video` either by its id or as one file.", param="video")


def _unquoted(key: str | None) -> str | None:
    """The Idempotency-Key without the quotes of a structured field's string."""
    return key[1:-1] if key and len(key) > 1 and key[0] == key[-1] == '"' else key


