"""Runs one or two ASGI apps in one event loop: ports bound first, a word when they answer, a clean stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn

from .bounded_http import BoundedHttp
from .problems import Problem

KEEP_ALIVE = 75  # seconds an idle connection stays: longer than any client's pause between two polls
STOP_GRACE = 2  # seconds open requests get to end
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - looked up, not bound.


class QuietServer(uvicorn.Server):
    """A server that leaves signals to us: two servers share this process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: `serve` below has the signals."""
        yield


def listen(host: str, port: int, option: str) -> socket.socket:
    """A listening socket; raises Problem when the port is taken or not ours to open."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise _no_port(host, port, option, problem) from None
    listener.setblocking(False)
    return listener


def adopt(descriptor: int) -> socket.socket:
    """A socket that the process which started this one has opened."""
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    return listener


def address(listener: socket.socket) -> str:
    """The URL of a listener; one that listens everywhere is named by its loopback address."""
    host, port = listener.getsockname()[:2]
    host = LOOPBACK_OF.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{port}"


def serve(
    apps: Sequence[tuple[Any, socket.socket]],
    ready: Callable[[], object],
    goodbye: Callable[[], object] = lambda: None,
    *,
    until_stdin_ends: bool = False,
) -> None:
    """Serve each (app, listener) until SIGTERM or SIGINT, or until whoever holds our standard input is gone.

    `ready` is called once all of them answer, `goodbye` when they are told to stop: it should end what lasts.
    """
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(apps, ready, goodbye, until_stdin_ends))


async def _serve(
    apps: Sequence[tuple[Any, socket.socket]], ready: Callable[[], object], goodbye: Callable[[], object],
    until_stdin_ends: bool,
) -> None:
    servers = [QuietServer(_configured(app)) for app, _ in apps]

    def stop() -> None:
        goodbye()
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    if until_stdin_ends:
        loop.add_reader(sys.stdin.fileno(), stop)  # Nobody writes there: what can be read is the end.
    running = [
        asyncio.create_task(server.serve(sockets=[listener]))
        for server, (_, listener) in zip(servers, apps, strict=True)
    ]
    try:
        if await _all_started(servers, running):
            gc.collect()
            gc.freeze()  # What is there by now stays: walking over it again and again would hold up requests for 45 ms.
            ready()
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if until_stdin_ends:
            loop.remove_reader(sys.stdin.fileno())
        stop()
        await asyncio.gather(*running)
    if not all(server.started for server in servers):
        raise Problem("A server could not start; the lines above say why.")


async def _all_started(servers: Sequence[uvicorn.Server], running: Sequence[asyncio.Task[None]]) -> bool:
    while not all(server.started for server in servers):
        if any(task.done() for task in running):
            return False
        await asyncio.sleep(0.005)
    return True


def _is_news(record: logging.LogRecord) -> bool:
    """Whether it is worth a line: a request that we ourselves cut off when stopping is not."""
    problem = record.exc_info[1] if record.exc_info else None
    return not isinstance(problem, asyncio.CancelledError)


def _configured(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="on",
        http=BoundedHttp,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        proxy_headers=False,  # Who asks is who asks: an origin that a header may claim is worth nothing.
        timeout_graceful_shutdown=STOP_GRACE,
    )


def _no_port(host: str, port: int, option: str, problem: OSError) -> Problem:
    if isinstance(problem, socket.gaierror):
        return Problem(f"{host} is no address of this machine. Name another with --host.")
    if problem.errno == errno.EADDRINUSE:
        return Problem(
            f"Port {port} on {host} is taken. Stop what listens there, or choose another with {option} "
            "(0: any free one)."
        )
    if problem.errno == errno.EADDRNOTAVAIL:
        return Problem(f"{host} is no address of this machine. Name another with --host.")
    return Problem(f"Port {port} on {host} cannot be opened ({problem.strerror}). Choose another with {option}.")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform.
    except ModuleNotFoundError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
