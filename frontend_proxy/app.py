"""The public front end: reads the request, asks the desk once, shapes the answer.

One event loop, one desk: run one worker. The pump that talks to the API lives in the app's lifespan.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .core.desk import Desk
from .core.errors import BadOrder, DeskRefusal, OutOfCredentials, QueueIsFull
from .core.gallery import Clip
from .core.orders import ClipOrder
from .figures import figures, metrics, register
from .forms import check_origin, read_order
from .pages import Mistake, Templates
from .pump import Pump
from .safe_headers import HEADERS, SafeHeaders
from .settings import ProxySettings
from .shelf import Shelf
from .upstream import Upstream
from .views import Views
from .visits import remember, visitor_of, welcome

log = logging.getLogger("frontend_proxy")
VARIANTS = {"video": "mp4", "thumbnail": "webp"}
TROUBLES = {
    403: "Not from here",
    404: "Nothing here",
    405: "Not like this",
    410: "No longer here",
    413: "Too much",
}
SAID = {  # Instead of the bare phrases of HTTP.
    404: "There is no page at this address.",
    405: "This address does not take that kind of request.",
}


class FrontEnd:
    """The routes. Each takes a request and answers; the rules are the desk's."""

    def __init__(self, desk: Desk, upstream: Upstream, settings: ProxySettings) -> None:
        self.desk = desk
        self.settings = settings
        self.shelf = Shelf(settings.shelf_limit)
        self.pump = Pump(
            desk, upstream, self.shelf, thumbnails=settings.thumbnails, speed=settings.speed
        )
        self.templates = Templates()
        self._upstream = upstream
        self._views = Views(desk, upstream, self.shelf, self.pump.held, settings)
        self._registry = register(desk)

    async def front(self, request: Request) -> Response:
        """The page, and where its form goes."""
        return await (self.submit if request.method == "POST" else self.show)(request)

    async def show(self, request: Request) -> Response:
        """The page."""
        if request.method == "HEAD":
            return HTMLResponse()
        return self._page(request, welcome(request, self.desk))

    async def submit(self, request: Request) -> Response:
        """Take the form and answer with the page: 200, or 400/409/503 with one clear sentence."""
        check_origin(request, self.settings.public_url)
        order = await read_order(request, self.settings.body_limit)
        visitor_id = welcome(request, self.desk)
        try:
            self.desk.submit(visitor_id, order)
        except BadOrder as mistake:
            return self._page(request, visitor_id, 400, order, Mistake(mistake.message, mistake.field))
        except (QueueIsFull, OutOfCredentials) as refusal:
            return self._page(request, visitor_id, 503, order, Mistake(refusal.message))
        except DeskRefusal as refusal:
            return self._page(request, visitor_id, 409, order, Mistake(refusal.message))
        self.pump.wake()
        return self._page(request, visitor_id)

    async def leave(self, request: Request) -> Response:
        """Leave the line; whoever does not stand in it goes without joining."""
        check_origin(request, self.settings.public_url)
        visitor_id = visitor_of(request, self.desk)
        if visitor_id is not None:
            mine = list(self.desk.book.open_of(visitor_id))
            if not mine:
                self.desk.leave(visitor_id)
            for submission in mine:
                self.desk.renege(submission.submission_id)
        return RedirectResponse("/", 303)

    async def place(self, request: Request) -> Response:
        """The visitor's place, as JSON; asking is a sign of life."""
        visitor_id = visitor_of(request, self.desk)
        if visitor_id is not None:
            self.desk.seen(visitor_id)
        return JSONResponse(self._views.place(visitor_id))

    async def clip(self, request: Request) -> Response:
        """A share link: the page with that clip on top; whoever is new here is its offspring."""
        clip = self._clip(request)
        if request.method == "HEAD":
            return HTMLResponse()
        return self._page(request, welcome(request, self.desk, clip.clip_id), shared=clip)

    async def content(self, request: Request) -> Response:
        """The bytes of a clip, as they were fetched."""
        clip = self._clip(request)
        variant = request.query_params.get("variant", "video")
        if variant not in VARIANTS:
            raise HTTPException(400, "The variant is video or thumbnail.")
        content = self.shelf.get(clip.clip_id, variant)
        if content is None:
            raise HTTPException(410, "This file is no longer kept here.")
        headers = {"Cache-Control": "private, max-age=3600"}
        if variant == "video":
            headers["Content-Disposition"] = f'attachment; filename="{clip.clip_id}.mp4"'
        return Response(content.body, media_type=content.media_type, headers=headers)

    async def stats(self, _request: Request) -> Response:
        """Figures for machines and the curious."""
        return JSONResponse(figures(self.desk))

    async def metrics(self, _request: Request) -> Response:
        """Prometheus exposition."""
        return Response(metrics(self._registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def health(self, _request: Request) -> Response:
        """This process answers; what it knows of the API stands beside."""
        return JSONResponse(
            {
                "status": "ok",
                "upstream": self._upstream.complaint or "ok",
                "credentials_alive": self.desk.credentials.alive,
            }
        )

    async def static(self, request: Request) -> Response:
        """Style sheet, script and pictures."""
        file = self.templates.static.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404, "There is no such file.")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(file.body, media_type=file.media_type, headers=headers)

    async def trouble(self, _request: Request, error: Exception) -> Response:
        """Any other refusal, as a page."""
        status, detail = 500, "Something went wrong on this side. Please try again."
        headers = dict(HEADERS)  # The middleware does not see what a flaw of ours is answered with.
        if isinstance(error, HTTPException):
            status, detail = error.status_code, error.detail
            if detail == HTTPStatus(status).phrase:
                detail = SAID.get(status, detail)
            headers |= error.headers or {}
        page = self.templates.render_trouble(
            self.settings.title, TROUBLES.get(status, "This did not work"), detail
        )
        return HTMLResponse(page, status, headers)

    def _page(
        self,
        request: Request,
        visitor_id: str,
        status: int = 200,
        order: ClipOrder | None = None,
        mistake: Mistake | None = None,
        *,
        shared: Clip | None = None,
    ) -> Response:
        base = (self.settings.public_url or str(request.base_url)).rstrip("/")
        page = self._views.page(visitor_id, base, order=order, mistake=mistake, shared=shared)
        response = HTMLResponse(self.templates.render(page), status)
        remember(response, visitor_id, secure=base.startswith("https:"))
        return response

    def _clip(self, request: Request) -> Clip:
        clip = self.desk.gallery.get(request.path_params["clip_id"])
        if clip is None:
            raise HTTPException(404, "There is no such clip here, or not any more.")
        return clip

    def routes(self) -> list[Route]:
        """All addresses."""
        return [
            Route("/", self.front, methods=["GET", "POST"]),
            Route("/leave", self.leave, methods=["POST"]),
            Route("/place.json", self.place),
            Route("/c/{clip_id}", self.clip),
            Route("/c/{clip_id}/content", self.content),
            Route("/stats.json", self.stats),
            Route("/metrics", self.metrics),
            Route("/healthz", self.health),
            Route("/static/{name}", self.static),
        ]


def create_app(desk: Desk, upstream: Upstream, settings: ProxySettings) -> Starlette:
    """The app; `app.state.pump` is the Pump, for those who pump by hand (`settings.loop` off)."""
    front_end = FrontEnd(desk, upstream, settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        pumping = asyncio.create_task(front_end.pump.run()) if settings.loop else None
        try:
            yield
        finally:
            if pumping is not None:
                pumping.cancel()
                with suppress(asyncio.CancelledError):
                    await pumping
            await upstream.aclose()

    app = Starlette(
        routes=front_end.routes(),
        middleware=[
            Middleware(SafeHeaders),  # Outermost, so that the refusal of a large body bears them too.
            Middleware(RequestBodyLimitMiddleware, max_body_size=settings.body_limit),
        ],
        exception_handlers={HTTPException: front_end.trouble, Exception: front_end.trouble},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # The address would be taken from whatever Host was sent.
    app.state.pump = front_end.pump
    return app
