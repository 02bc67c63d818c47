"""A tiny API that speaks the wire format: just enough to make clips, to refuse, and to be something else."""

from __future__ import annotations

import zlib
from struct import pack
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIP = b"\x00\x00\x00\x18ftypisom no tracks here"


class WireApi:
    """Knows some bearers; every video is finished after `polls_needed` looks at it.

    `refusal` is given to every call once set: (status, code, headers).
    """

    def __init__(self, *bearers: str) -> None:
        self.bearers = set(bearers)
        self.keys: dict[str, str] = {}
        self.marker: dict[str, Any] = {"product": "leaklab", "simulation": True}
        self.refusal: tuple[int, str, dict[str, str]] | None = None
        self.polls_needed = 1
        self.approval: str | None = None
        self.failing_with: str | None = None
        self.redirects_to: str | None = None
        self.content = CLIP
        self.content_type = "video/mp4"
        self.lifetime = 600
        self.videos: dict[str, int] = {}
        self.idempotent: dict[str, str] = {}
        self.orders: list[dict[str, str]] = []
        self.calls: list[tuple[str, str, str | None]] = []
        self.app = Starlette(
            routes=[
                Route("/.well-known/leaklab", self._marker),
                Route("/oauth/token", self._token, methods=["POST"]),
                Route("/v1/videos", self._create, methods=["POST"]),
                Route("/v1/videos", self._list),
                Route("/v1/videos/{video_id}", self._retrieve),
                Route("/v1/videos/{video_id}/content", self._content),
            ]
        )

    async def _marker(self, request: Request) -> Response:
        self.calls.append(("GET", "/.well-known/leaklab", request.headers.get("authorization")))
        return JSONResponse(self.marker)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        self.calls.append(("POST", "/oauth/token", None))
        if self.keys.get(str(form.get("client_id"))) != form.get("client_secret"):
            return JSONResponse({"error": "invalid_client"}, 401)
        token = f"bought.{len(self.calls)}.token"
        self.bearers.add(token)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime})

    async def _create(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        assert request.headers["content-type"].startswith("multipart/form-data")
        order = {key: str(value) for key, value in (await request.form()).items()}
        key = request.headers["idempotency-key"]
        if key not in self.idempotent:
            self.orders.append(order)
            self.idempotent[key] = f"video_{len(self.orders)}"
            self.videos[self.idempotent[key]] = 0
        return JSONResponse(self._video(self.idempotent[key]))

    async def _list(self, request: Request) -> Response:
        return self._refused(request) or JSONResponse({"object": "list", "data": [], "has_more": False})

    async def _retrieve(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        video_id = request.path_params["video_id"]
        self.videos[video_id] += 1
        return JSONResponse(self._video(video_id))

    async def _content(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        if request.query_params["variant"] == "thumbnail":
            return Response(still(), media_type="image/png")
        return Response(self.content, media_type=self.content_type)

    def _refused(self, request: Request) -> Response | None:
        bearer = request.headers.get("authorization")
        self.calls.append((request.method, request.url.path, bearer))
        if self.redirects_to is not None:
            return RedirectResponse(self.redirects_to)
        if self.refusal is not None:
            return refusal(*self.refusal)
        if bearer is None or bearer.removeprefix("Bearer ") not in self.bearers:
            return refusal(401, "token_revoked", {})
        return None

    def _video(self, video_id: str) -> dict[str, Any]:
        status, error = "in_progress", None
        if self.videos[video_id] >= self.polls_needed:
            status = "failed" if self.failing_with else "completed"
            error = {"code": self.failing_with, "message": "No."} if self.failing_with else None
        approval = {"state": self.approval}
        return {"id": video_id, "object": "video", "status": status, "error": error, "approval": approval}


def refusal(status: int, code: str, headers: dict[str, str]) -> Response:
    """The OpenAI error envelope."""
    error = {"message": "No.", "type": "some_error", "param": None, "code": code}
    return JSONResponse({"error": error}, status, headers)


def still(width: int = 64, height: int = 36) -> bytes:
    """A PNG of one colour."""
    row = b"\x00" + b"\x35\x6a\x72" * width
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
