"""The knobs of the live front end. `leaklab/` reads them from the environment; tests hand them in."""

from __future__ import annotations

from msgspec import Struct

from .core.credentials import Secret
from .core.desk import Desk
from .core.orders import Menu
from .core.ports import Clock, Ids, Log
from .core.settings import DeskSettings


class CredentialSetting(Struct, frozen=True):
    """An access token, or a tester key together with the tester it belongs to."""

    secret: Secret
    tester_id: str | None = None


class ProxySettings(Struct, frozen=True, kw_only=True):
    """Spans in seconds, sizes in bytes.

    `upstream_url` ends before `/v1`; its host must be loopback or stand in `allowed_hosts`. `public_url` is
    the address under which visitors see the page, where that is not the one it listens on. `thumbnails`:
    fetch the still of each clip too (a second download). `loop`: pump in the background, or by hand. `speed`:
    how many times faster than real time the clock goes; `presence_timeout` alone is real, as browsers are.
    """

    upstream_url: str = "http://127.0.0.1:8000"
    credentials: tuple[CredentialSetting, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    title: str = "Clips for everybody"
    public_url: str | None = None
    concurrency: int = 4
    queue_limit: int = 1000
    visitor_limit: int = 1
    poll_interval: float = 5.0
    timeout: float = 300.0
    expected_service: float = 90.0
    presence_timeout: float | None = 90.0
    health_interval: float | None = 60.0
    menu: Menu = Menu()
    gallery_limit: int = 500
    gallery_shown: int = 24
    shelf_limit: int = 64 * 1024 * 1024
    content_limit: int = 16 * 1024 * 1024
    body_limit: int = 64 * 1024
    request_timeout: float = 20.0
    user_agent: str = "frontend-proxy"
    thumbnails: bool = True
    loop: bool = True
    speed: float = 1.0


def open_desk(settings: ProxySettings, clock: Clock, ids: Ids, log: Log) -> Desk:
    """A desk by these settings, with its credentials put in."""
    presence = settings.presence_timeout
    desk = Desk(
        DeskSettings(
            concurrency=settings.concurrency,
            queue_limit=settings.queue_limit,
            visitor_limit=settings.visitor_limit,
            poll_interval=settings.poll_interval,
            timeout=settings.timeout,
            expected_service=settings.expected_service,
            presence_timeout=None if presence is None else presence * settings.speed,
            health_interval=settings.health_interval,
            gallery_limit=settings.gallery_limit,
            menu=settings.menu,
        ),
        clock,
        ids,
        log,
    )
    for credential in settings.credentials:
        desk.credentials.add(credential.secret, credential.tester_id)
    return desk
