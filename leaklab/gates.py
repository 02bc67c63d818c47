"""Puts one gate in front together: where it stands, what it has agreed on with the authority, and its app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mock_api.core.enforcement import Enforcement, InProcess, KeyRotation, Push, StatusLists
from mock_api.gate.app import GateApp
from mock_api.gate.authority import Authority, AuthorityAway, KeyRefused
from mock_api.gate.figures import Figures
from mock_api.gate.history import History
from mock_api.gate.process import Parts, Place
from mock_api.http.gate_settings import GateSettings
from mock_api.http.hosts import is_loopback

from .clock import SystemClock
from .problems import Problem

ASK_AGAIN = 0.25        # seconds between two attempts to reach the authority
TOLERANCE = 5.0         # seconds that a gate's clock may be off the authority's


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line says of a gate. `patience` is how many seconds to wait for the authority."""

    place: Place
    enforcement: Enforcement | None
    history: Path | None
    patience: float


def gate_app(wish: Wish, say: Callable[[str], object]) -> tuple[GateApp, Enforcement]:
    """The gate as an ASGI app, and its enforcement; raises Problem. `say` hears that it waits."""
    clock = SystemClock()
    settings = asyncio.run(_agreed(wish, say))
    enforcement = wish.enforcement or settings.enforcement
    _check_enforcement(enforcement, settings)
    _check_clock(settings.now - clock.now())
    if isinstance(enforcement, Push) and wish.place.redis_url is not None and settings.pushes is None:
        raise Problem(
            "The authority publishes nothing in Redis. Start it with the same --redis, or leave --redis out: "
            "then the gate follows the authority's own events.", exit_code=2,
        )
    history = None if wish.history is None else History(wish.history)
    return GateApp(Parts(wish.place, settings, enforcement, clock, history=history)), enforcement


def read_gate_key(path: Path) -> str:
    """The key in a file: that file may hold the key alone, so that no argument or process list shows it."""
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Problem(
            f"The gate key file {path} cannot be read ({getattr(problem, 'strerror', 'it is no text')}). Name it with "
            "--gate-key-file: a range with gates keeps it as DATA/gate-key, `serve api --gate-key-file` writes one.",
            exit_code=3,
        ) from None
    if not key.isascii() or not key.isprintable() or not key:
        raise Problem(f"The gate key file {path} holds no key.", exit_code=3)
    return key


def checked_url(url: str, option: str, allowed_hosts: tuple[str, ...] = ()) -> str:
    """The address without a slash at its end, if it is `http(s)://host[:port]` of a host that is allowed."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        raise Problem(f"{option} {url} is no address. It should look like http://127.0.0.1:8000.", exit_code=2)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Problem(f"{option} {url} has more than a host and a port. Leave the rest out.", exit_code=2)
    if host not in allowed_hosts and not is_loopback(host):
        raise Problem(
            f"{option} names {host}, which is neither loopback nor allowed. Leaklab talks to simulations only; name "
            "the host with --allowed-hosts if it is one.", exit_code=2,
        )
    return f"{parts.scheme}://{parts.netloc}"


async def _agreed(wish: Wish, say: Callable[[str], object]) -> GateSettings:
    """The authority's settings, once it answers."""
    loop = asyncio.get_running_loop()
    began, told = loop.time(), False
    authority = Authority(wish.place.authority, wish.place.name, wish.place.gate_key, Figures(), 1)
    try:
        while True:
            try:
                return await authority.settings()
            except KeyRefused:
                raise Problem(
                    f"The authority at {wish.place.authority} does not know this gate key. Take the one of its range: "
                    "`gate_key` in credentials.json.", exit_code=5,
                ) from None
            except AuthorityAway as away:
                if loop.time() - began >= wish.patience:
                    raise Problem(
                        f"No authority at {wish.place.authority} after {wish.patience:.0f} s: {away}. "
                        "Start it, or name another with --authority.", exit_code=5,
                    ) from None
                if not told:
                    say(f"waiting for the authority at {wish.place.authority}: {away}")
                    told = True
            await asyncio.sleep(ASK_AGAIN)
    finally:
        await authority.close()


def _check_enforcement(enforcement: Enforcement, settings: GateSettings) -> None:
    if isinstance(enforcement, InProcess):
        raise Problem(
            "In-process enforcement lives with the authority: there is nothing for a gate in front to do. "
            "Name another with --enforcement, or start the authority under a policy that has one.", exit_code=2,
        )
    if isinstance(enforcement, Push) and settings.pulse >= enforcement.silent_after:
        raise Problem(
            f"The authority gives a sign of life every {settings.pulse:g} s, and this gate takes "
            f"{enforcement.silent_after:g} s without one for silence. Start the range with the same --enforcement.",
            exit_code=2,
        )
    for kind, need in ((StatusLists, "status-list"), (KeyRotation, "key-rotation")):
        if isinstance(enforcement, kind) and not isinstance(settings.enforcement, kind):
            raise Problem(
                f"The authority's policy does not issue for {need}: its enforcement is another. Start the range with "
                f"--enforcement {need}, or name another for this gate.", exit_code=2,
            )


def _check_clock(ahead: float) -> None:
    if abs(ahead) > TOLERANCE:
        raise Problem(
            f"The authority's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's. "
            "Gates run in real time: set the clocks, and start the range without --speed."
        )
