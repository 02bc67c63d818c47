"""Speaks to the gated API, by its wire format alone, and only to a simulation.

Before anything secret is sent the address must be loopback (or allowed by name) and must publish the
simulation marker at `/.well-known/leaklab`; after a silence the marker is looked at again. Redirects are not
followed, proxies of the environment are not used, and no answer is read further than its limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2

from .answers import media_type, name, read_object, refusal_of, word
from .bearers import Bearers
from .core.actions import Create
from .core.credentials import Credential
from .core.ports import Clock
from .settings import ProxySettings
from .upstream_errors import (
    UpstreamError,
    UpstreamForbidden,
    UpstreamNotSimulated,
    UpstreamRefusal,
    UpstreamSilent,
)

SILENCE = "The service behind this page does not answer."
KEPT_HEADERS = frozenset({"content-type", "retry-after", "location"})


class Content(NamedTuple):
    """A downloaded file."""

    body: bytes
    media_type: str


class Progress(NamedTuple):
    """How a render is doing; `code` says why it failed. `is_held`: it is made, and waits for approval."""

    status: str
    code: str | None
    is_held: bool = False


def check_address(url: str, allowed_hosts: tuple[str, ...] = ()) -> httpx2.URL:
    """The parsed address; raises UpstreamForbidden unless its host is loopback or in `allowed_hosts`."""
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise UpstreamForbidden("The upstream address is not a URL.") from None
    if address.scheme not in ("http", "https") or address.userinfo or not address.host:
        raise UpstreamForbidden("The upstream address must be http(s)://host[:port], without a user.")
    if address.host not in allowed_hosts and not _is_loopback(address.host):
        raise UpstreamForbidden(
            f"The upstream host {address.host!r} is neither loopback nor allowed. Leaklab talks to "
            "simulations only; name the host in the allowed hosts if it is one."
        )
    return address


class Upstream:
    """One client to one API; `transport` stands in for the network in tests.

    `complaint` is what is wrong at the moment, one sentence for visitors, or None.
    """

    def __init__(
        self, settings: ProxySettings, clock: Clock, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        address = check_address(settings.upstream_url, settings.allowed_hosts)
        self._settings = settings
        self._client = httpx2.AsyncClient(
            base_url=address,
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(settings.request_timeout, connect=5.0),
            limits=httpx2.Limits(max_connections=32, max_keepalive_connections=16),
        )
        self._bearers = Bearers(self._buy, clock)
        self._is_verified = False
        self.complaint: str | None = None

    def __repr__(self) -> str:
        return f"Upstream({str(self._client.base_url)!r})"

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def verify(self) -> None:
        """Make sure that a simulation answers; raises UpstreamNotSimulated or UpstreamSilent."""
        if self._is_verified:
            return
        response = await self._send("GET", "/.well-known/leaklab")
        if response.is_server_error:
            raise UpstreamSilent(SILENCE)
        if not _is_marker(response):
            self.complaint = "Whoever answers upstream does not say that it is a simulation: nothing is sent."
            raise UpstreamNotSimulated(self.complaint)
        self._is_verified, self.complaint = True, None

    async def create(self, credential: Credential, create: Create) -> str:
        """Order a render; returns its video id."""
        order = create.order
        fields = {"prompt": order.prompt, "model": order.model, "seconds": order.seconds, "size": order.size}
        if order.style is not None:
            fields["style"] = order.style
        parts = {field: (None, value.encode()) for field, value in fields.items()}

        async def post(headers: dict[str, str]) -> httpx2.Response:
            headers["Idempotency-Key"] = create.idempotency_key
            return await self._send("POST", "/v1/videos", files=parts, headers=headers)

        return name(read_object(await self._authorised(credential, post)).get("id"))

    async def poll(self, credential: Credential, video_id: str) -> Progress:
        """How the render is doing."""
        video = read_object(await self._get(credential, f"/v1/videos/{quote(video_id, safe='')}"))
        status = video.get("status")
        if status not in ("queued", "in_progress", "completed", "failed"):
            raise UpstreamSilent("The API's answer names no status.")
        error = video.get("error")
        code = word(error.get("code") if isinstance(error, dict) else None, "render_failed")
        approval = video.get("approval")
        state = approval.get("state") if isinstance(approval, dict) else None
        is_held = status == "in_progress" and state in ("held", "claimed")
        return Progress(status, code if status == "failed" else None, is_held)

    async def fetch(self, credential: Credential, video_id: str, variant: str) -> Content:
        """Download the clip (`video`) or its still (`thumbnail`)."""
        path = f"/v1/videos/{quote(video_id, safe='')}/content?variant={quote(variant, safe='')}"
        response = await self._get(credential, path)
        if not response.is_success:
            raise refusal_of(response)
        return Content(response.content, media_type(response))

    async def check(self, credential: Credential) -> None:
        """See whether the credential lives: raises UpstreamRefusal if not, returns if it does."""
        read_object(await self._get(credential, "/v1/videos?limit=1"))

    async def _get(self, credential: Credential, path: str) -> httpx2.Response:
        async def get(headers: dict[str, str]) -> httpx2.Response:
            return await self._send("GET", path, headers=headers)

        return await self._authorised(credential, get)

    async def _authorised(
        self, credential: Credential, ask: Callable[[dict[str, str]], Awaitable[httpx2.Response]]
    ) -> httpx2.Response:
        """Ask with a bearer token; if a bought one is refused, once more with a fresh one."""
        await self.verify()
        token = await self._bearers.bearer(credential)
        response = await ask({"Authorization": f"Bearer {token.reveal()}"})
        if response.status_code == 401 and self._bearers.forget(credential, token):
            token = await self._bearers.bearer(credential)
            response = await ask({"Authorization": f"Bearer {token.reveal()}"})
        if response.is_redirect:
            raise UpstreamSilent("The API answered with a redirect, and none is followed.")
        return response

    async def _buy(self, form: dict[str, str]) -> httpx2.Response:
        return await self._send("POST", "/oauth/token", data=form)

    async def _send(self, method: str, path: str, **content: Any) -> httpx2.Response:
        request = self._client.build_request(method, path, **content)
        try:
            async with asyncio.timeout(self._settings.request_timeout):
                response = await self._client.send(request, stream=True)
                try:
                    return await self._read(response)
                finally:
                    await response.aclose()
        except (httpx2.RequestError, TimeoutError) as silence:
            self._is_verified = False  # Who knows who answers there next time.
            self.complaint = SILENCE
            raise UpstreamSilent(f"No answer: {type(silence).__name__}.") from None

    async def _read(self, response: httpx2.Response) -> httpx2.Response:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._settings.content_limit:
                raise UpstreamRefusal(response.status_code, "content_too_large")
        headers = [(key, value) for key, value in response.headers.items() if key in KEPT_HEADERS]
        return httpx2.Response(response.status_code, headers=headers, content=bytes(body))


def _is_marker(response: httpx2.Response) -> bool:
    try:
        marker = read_object(response)
    except UpstreamError:
        return False
    return marker.get("product") == "leaklab" and marker.get("simulation") is True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
