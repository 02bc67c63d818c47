"""Carries a view's questions to the authority, over HTTP; no answer, a late one or a wrong one is silence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from mock_api.core.enforcement.questions import (
    Answer,
    AskCutoffs,
    AskKeys,
    AskNotices,
    AskSnapshot,
    AskStatusList,
    AskToken,
    Cutoffs,
    Keys,
    Notices,
    Question,
    Snapshot,
    TokenStatus,
    Unchanged,
    Version,
)
from mock_api.http.gate_settings import GateSettings
from mock_api.http.knock import GATE

from .figures import Figures
from .keys import KeySet
from .status_lists import read_status_list

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEW_LIMIT = 256 * 1024 * 1024  # bytes of a snapshot; a million revoked tokens have 30 MB
TYPE_OF_LIST = "application/statuslist+jwt"
TIMEOUT = 2.0                   # seconds, where the enforcement names none

_log = logging.getLogger("leaklab.gate")


class Introspected(Struct, frozen=True):
    """The answer of introspection, as far as a gate reads it (RFC 7662 §2.2)."""

    active: bool


class Asked(NamedTuple):
    """A question in HTTP's words, and how to read what comes back."""

    method: str
    path: str
    read: Callable[[bytes], Answer]
    known: Version | None = None
    form: bytes | None = None
    headers: Mapping[str, str] = {}


class KeyRefused(Exception):
    """The authority does not know this gate key."""


class AuthorityAway(Exception):
    """The authority does not answer, or not as an authority does."""


_introspected = msgspec.json.Decoder(Introspected).decode
_news = msgspec.json.Decoder(Notices | Snapshot).decode
_snapshot = msgspec.json.Decoder(Snapshot).decode
_cutoffs = msgspec.json.Decoder(Cutoffs).decode
_settings = msgspec.json.Decoder(GateSettings).decode


class Authority:
    """The authority, seen from a gate. Make it inside an event loop."""

    def __init__(self, url: str, gate: str, gate_key: str, figures: Figures, connections: int) -> None:
        self.url, self._figures = url, figures
        self.keys = KeySet()
        self.timeout = TIMEOUT
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=30.0),
            headers={
                "Authorization": f"Bearer {gate_key}", GATE.decode(): gate, "User-Agent": "leaklab-gate",
                "Accept-Encoding": "identity",
            },
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self.session.close()

    async def settings(self) -> GateSettings:
        """What to agree on; raises KeyRefused or AuthorityAway."""
        try:
            async with self.session.get(
                URL(f"{self.url}/gates/settings"), timeout=aiohttp.ClientTimeout(total=5.0), allow_redirects=False
            ) as response:
                text = await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            raise AuthorityAway(f"it does not answer ({type(problem).__name__})") from None
        if response.status == 401:
            raise KeyRefused
        if response.status != 200:
            raise AuthorityAway(f"it answers {response.status}")
        try:
            return _settings(text)
        except msgspec.MsgspecError as problem:
            raise AuthorityAway(f"its settings cannot be read: {problem}") from None

    async def ask(self, question: Question, token: str | None) -> Answer | None:
        """The answer, or None: there is none, or none that can be read."""
        asked = self._worded(question, token)
        self._figures.look_ups += 1
        try:
            async with asyncio.timeout(self.timeout):
                return await self._carry(asked)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            self._figures.unanswered += 1
            _log.debug("%s: %s", asked.path, type(problem).__name__)
            return None

    async def report(self, text: bytes) -> bool:
        """Hand in a report of refusals; False if it should be handed in again."""
        try:
            async with self.session.post(
                URL(f"{self.url}/gates/refusals"), data=text, headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=5.0), allow_redirects=False,
            ) as response:
                await response.read()
                if response.status not in (200, 401) and response.status < 500:
                    _log.error("a report of refusals was refused (%d), and is lost", response.status)
                    return True
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def _carry(self, asked: Asked) -> Answer | None:
        headers = dict(asked.headers)
        if asked.known is not None:
            headers["If-None-Match"] = f'"{asked.known}"'
        if asked.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        async with self.session.request(
            asked.method, URL(self.url + asked.path, encoded=True), data=asked.form, headers=headers,
            allow_redirects=False,
        ) as response:
            text = await _read(response)
        self._figures.view_out += len(asked.path) + len(asked.form or b"")
        self._figures.view_in += len(text)
        if response.status == 304 and asked.known is not None:
            return Unchanged()
        return asked.read(text) if response.status == 200 else None

    def _worded(self, question: Question, token: str | None) -> Asked:
        match question:
            case AskToken():
                form = urlencode({"token": token or "", "token_type_hint": "access_token"}).encode()
                return Asked("POST", "/oauth/introspect", _status, form=form)
            case AskSnapshot(known):
                return Asked("GET", "/gates/snapshot", _snapshot, known)
            case AskNotices(after):
                return Asked("GET", f"/gates/notices?after={after}", _news)
            case AskCutoffs(known):
                return Asked("GET", "/gates/cutoffs", _cutoffs, known)
            case AskKeys():
                return Asked("GET", "/.well-known/jwks.json", self._take_keys)
            case AskStatusList(uri):
                headers = {"Accept": TYPE_OF_LIST}
                # Of the address that stands in a token the number alone counts: the host is the authority, always.
                return Asked("GET", _list_path(uri), lambda text: self._read_list(uri, text), headers=headers)

    def _take_keys(self, text: bytes) -> Answer:
        return Keys(self.keys.take(text))

    def _read_list(self, uri: str, text: bytes) -> Answer:
        return read_status_list(self.keys, uri, text)


def _list_path(uri: str) -> str:
    number = urlsplit(uri).path.rpartition("/")[2]
    return f"/status-lists/{number if number.isalnum() else 'none'}"


def _status(text: bytes) -> Answer:
    return TokenStatus(_introspected(text).active)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, if it keeps within limits."""
    if response.content_length is not None and response.content_length > VIEW_LIMIT:
        raise ValueError("too long")
    text = await response.content.read(-1) if response.content_length is not None else b""
    if response.content_length is None:
        pieces = bytearray()
        async for piece in response.content.iter_any():
            pieces += piece
            if len(pieces) > VIEW_LIMIT:
                raise ValueError("too long")
        text = bytes(pieces)
    return text
