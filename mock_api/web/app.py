"""The web application: one function that puts it together. Importing this module does nothing.

All routes are `async def`: one event loop is the lock that makes the authority's methods atomic. Run one
worker.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.types import Lifespan

from mock_api.core.authority import Authority
from mock_api.core.errors import Refusal
from mock_api.journal import JournalPort

from .access_journal import serve_access_journal
from .documents import describe, serve_documents
from .gates import serve_gates
from .intake import serve_intake
from .introspection import serve_introspection
from .known import serve_known
from .lean import serve_lean
from .metadata import serve_metadata
from .metrics import Traffic
from .notice_board import NoticeBoard
from .oauth import serve_oauth
from .operator import serve_operator
from .publisher import channels, publish
from .records import serve_events
from .refusals import on_http_exception, on_invalid, on_refusal
from .responder import serve_responder
from .reviewer import serve_reviewer
from .settings import WebSettings
from .signal_desk import SignalDesk
from .signal_pusher import SignalPusher
from .signals import serve_signals
from .status_lists import serve_status_lists
from .surrender import serve_surrender
from .videos import serve_characters, serve_videos
from .wire import JOURNALED, Wire

_log = logging.getLogger("leaklab.web")


class Name(Convertor[str]):
    """A name in a path: any segment but the words that stand for something else there."""

    regex = "(?!(?:characters|edits|extensions|bulk)(?:/|$))[^/]+"

    def convert(self, value: str) -> str:
        """The name as it is."""
        return value

    def to_string(self, value: str) -> str:
        """The name as it is."""
        return value


def create_app(
    authority: Authority, journal: JournalPort, settings: WebSettings | None = None
) -> FastAPI:
    """The API of `authority`, acknowledging what `journal` has kept."""
    settings = settings or WebSettings()
    register_url_convertor("name", Name())
    api = FastAPI(
        title="Leaklab API", version=version("leaklab"), docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, lifespan=_lifespan(authority, journal, settings),
        exception_handlers={
            Refusal: on_refusal, RequestValidationError: on_invalid, HTTPException: on_http_exception,
        },
    )
    board = api.state.board = NoticeBoard(authority, journal)
    api.state.is_gate_key = authority.operator.is_gate_key
    api.state.public_url = settings.public_url or authority.issuer
    api.state.takes_proofs = lambda: authority.possession.is_offered
    traffic = Traffic()
    api.add_middleware(
        Wire, authority=authority, journal=journal, board=board, settings=settings, traffic=traffic
    )
    serve_lean(api, authority, settings)
    serve_characters(api, authority)
    serve_videos(api, authority, settings)
    serve_oauth(api, authority)
    serve_introspection(api, authority)
    serve_surrender(api, authority)
    serve_operator(api, authority)
    serve_reviewer(api, authority)
    serve_responder(api, authority)
    serve_intake(api, authority)
    desk = api.state.desk = SignalDesk(authority, settings)
    serve_signals(api, desk)
    serve_events(api, authority, journal)
    serve_access_journal(api, authority, journal)
    serve_gates(api, authority, board, channels(authority) if settings.redis_url else None)
    serve_status_lists(api, authority, journal)
    serve_known(api, authority, journal, traffic)
    serve_metadata(api, authority)
    serve_documents(api)
    _serve_heads(api)
    # FastAPI's documented way to replace its description; drawn when first asked for.
    api.openapi = cache(partial(describe, api))  # type: ignore[method-assign]
    return api


def _serve_heads(api: FastAPI) -> None:
    """HEAD where anybody may GET; elsewhere it would leave the events of a GET that nobody saw."""
    for route in list(api.routes):
        if isinstance(route, APIRoute) and route.methods == {"GET"} and not route.path.startswith(JOURNALED):
            api.add_api_route(
                route.path, route.endpoint, methods=["HEAD"], response_model=None, include_in_schema=False
            )


def _lifespan(authority: Authority, journal: JournalPort, settings: WebSettings) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        board: NoticeBoard = api.state.board
        lasting = [board.keep()]
        lasting.append(SignalPusher(authority, journal, api.state.desk.bell, settings.signal_hosts).run())
        if settings.knock:
            lasting.append(_knock(authority, journal, settings))
        if settings.redis_url:
            lasting.append(publish(board, channels(authority), settings.redis_url))
        tasks = [asyncio.create_task(each) for each in lasting]
        yield
        board.close()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    return lifespan


async def _knock(authority: Authority, journal: JournalPort, settings: WebSettings) -> None:
    """Settle again and again, so that watchers hear of what fell due; not while nothing can be written."""
    while True:
        await asyncio.sleep(settings.knock_every)
        if journal.failing_because is None:
            try:
                authority.settle()
            except Exception:  # One bad knock must not end all knocking; the next request meets it too.
                _log.exception("settling failed")
