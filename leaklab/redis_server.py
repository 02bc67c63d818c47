"""Redis for a range: one that runs already, by its address, or one of the range's own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .problems import Problem

START_LIMIT, STOP_LIMIT = 10.0, 5.0  # seconds
ATTEMPTS = 100


@contextmanager
def redis_at(wish: str | None) -> Iterator[str | None]:
    """The address of the Redis that was asked for: None, an address, or `auto` for one that ends with the block."""
    if wish is None or wish != "auto":
        if wish is not None and urlsplit(wish).scheme not in ("redis", "rediss", "unix"):
            raise Problem("--redis is `auto` or an address like redis://127.0.0.1:6379.", exit_code=2)
        yield wish
        return
    program = shutil.which("redis-server")
    if program is None:
        raise Problem(
            "There is no redis-server on this machine. Install it (Debian: redis-server), give the address of one with "
            "--redis, or leave --redis out: push then goes over server-sent events."
        )
    with tempfile.TemporaryDirectory(prefix="leaklab-redis-") as folder:
        port = _free_port()
        process = subprocess.Popen(  # noqa: S603 - found on the PATH, with arguments of ours.
            [
                *_mortal(), program, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", "",
                "--appendonly", "no",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C is for the range, which ends its Redis in order.
        )
        try:
            _wait_until_it_listens(process, port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(ATTEMPTS):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1.0):
                return
        except OSError:
            try:
                process.wait(START_LIMIT / ATTEMPTS)  # Which is also how to pause.
            except subprocess.TimeoutExpired:
                continue
            break
    raise Problem("redis-server did not start. Try it by hand: redis-server --port 0.")


def _mortal() -> list[str]:
    """What makes a program end when this process is killed, where the machine has it (util-linux)."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "TERM"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
