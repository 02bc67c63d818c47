"""Puts the public front end together: alone, or as the leak of a live range, with a log of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from frontend_proxy.app import create_app
from frontend_proxy.core.credentials import Secret
from frontend_proxy.core.ports import Log
from frontend_proxy.settings import CredentialSetting, ProxySettings, open_desk
from frontend_proxy.upstream import Upstream
from frontend_proxy.upstream_errors import UpstreamError
from mock_api.core.ports import Clock
from policy_lab.truth import LeakPosted, StrangerOrigin

from .chance import SystemIds
from .clock import SystemClock
from .front_end_log import FrontEndLog
from .opening import OpenRange
from .problems import Problem

POLL_INTERVAL = 1.0  # seconds: a person watches
EXPECTED_SERVICE = 20.0  # seconds a first visitor is told: a render of 1 to 3 s, and a person who approves it


@contextmanager
def leaking_front_end(opened: OpenRange, api_url: str, speed: float) -> Iterator[Any]:
    """The front end of a range as an ASGI app: it spends the tester's token, and its log says so."""
    log = FrontEndLog(opened.data)
    clock, token = opened.authority.clock, opened.credentials["tester"]["access_token"]
    try:
        page = front_end(api_url, token, clock=clock, log=log, speed=speed)
        if token is not None:
            claims = opened.authority.access_tokens.decode(token)
            log(LeakPosted(clock.now(), claims.jti, claims.tester_id, "front end", "access_token"))
            log(StrangerOrigin(clock.now(), f"{_host(api_url)} {ProxySettings().user_agent}"))
        yield page
    finally:
        log.close()


def front_end(
    upstream: str,
    secret: str | None,
    *,
    clock: Clock | None = None,
    log: Log = lambda _event: None,
    allowed_hosts: tuple[str, ...] = (),
    speed: float = 1.0,
) -> Any:
    """The front end as an ASGI app; raises Problem where the upstream's address will not do."""
    clock = clock or SystemClock()
    settings = ProxySettings(
        upstream_url=upstream,
        allowed_hosts=allowed_hosts,
        speed=speed,
        poll_interval=POLL_INTERVAL,
        expected_service=EXPECTED_SERVICE,
        credentials=(CredentialSetting(Secret(secret)),) if secret else (),
    )
    try:
        return create_app(open_desk(settings, clock, SystemIds(), log), Upstream(settings, clock), settings)
    except UpstreamError as problem:
        raise Problem(str(problem), exit_code=5) from None


def read_secret(path: Path | None) -> str | None:
    """The token in a file, or None where no file is named; raises Problem."""
    if path is None:
        return None
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Problem(
            f"The credential file {path} cannot be read ({problem}). Name another with --credential-file.",
            exit_code=3,
        ) from None
    if not secret:
        raise Problem(f"The credential file {path} is empty. Put the access token into it.", exit_code=3)
    return secret


def _host(url: str) -> str:
    """The address from which a front end on this machine is seen by an API at `url`."""
    return url.removeprefix("http://").rpartition(":")[0].strip("[]")
