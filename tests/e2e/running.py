"""Starts `leaklab serve …` on free ports, as a person would, and ends exactly that process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, TypeVar

import httpx2

LEAKLAB = Path(sys.executable).with_name("leaklab")
START_LIMIT = 90  # seconds a start may take on a busy machine
Found = TypeVar("Found")


@dataclass
class RunningRange:
    """A started server and what it wrote for its owner."""

    process: subprocess.Popen[str]
    data: Path
    printed: list[str]
    log: Path

    @property
    def credentials(self) -> dict[str, Any]:
        """credentials.json."""
        found: dict[str, Any] = json.loads((self.data / "credentials.json").read_text(encoding="utf-8"))
        return found

    @property
    def said(self) -> str:
        """What it wrote to its standard error so far."""
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.kill()
        self.process.wait(timeout=30)

    def memory(self) -> int:
        """The most bytes of memory it has held so far (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at the moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def start(data: Path, what: str = "range", *more: str) -> RunningRange:
    """Start a server on ports of the system's choice and return once it has printed `ready`."""
    command = ["serve", what, "--data", str(data), "--port-api", "0", *more]
    if what == "range":
        command += ["--port-proxy", "0"]
    log = data.parent / "server.log"
    process, printed = launch(command, log)
    return RunningRange(process, data, printed, log)


def launch(words: Sequence[str], log: Path) -> tuple[subprocess.Popen[str], list[str]]:
    """Start `leaklab WORDS` and return it with what it printed once that said `ready`; errors go to `log`."""
    with log.open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [str(LEAKLAB), *words], stdout=subprocess.PIPE, stderr=errors, text=True, env=_environment({})
        )
    printed: list[str] = []
    assert process.stdout is not None
    too_long = Timer(START_LIMIT, process.kill)
    too_long.start()
    try:
        for line in process.stdout:
            printed.append(line.rstrip())
            if line.startswith("ready"):
                return process, printed
    finally:
        too_long.cancel()
    process.stdout.close()
    process.wait(timeout=START_LIMIT)
    raise AssertionError(f"it ended with {process.returncode} before it was ready: {log.read_text(encoding='utf-8')}")


@contextmanager
def running(data: Path, what: str = "range", *more: str) -> Iterator[RunningRange]:
    """A server for the length of a `with` block."""
    server = start(data, what, *more)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait(timeout=30)
        if server.process.stdout is not None:
            server.process.stdout.close()


def leaklab(*words: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `leaklab WORDS` to its end, without anything the surroundings may have set."""
    return subprocess.run(
        [str(LEAKLAB), *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env=_environment(environment),
    )


def client(url: str, bearer: str | None = None) -> httpx2.Client:
    """An HTTP client for one server."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return httpx2.Client(base_url=url, headers=headers, trust_env=False, verify=False, timeout=30.0)


def eventually(look: Callable[[], Found]) -> Found:
    """The first true answer of `look`; servers work in real time, so this asks again for half a minute."""
    for _ in range(150):
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"never came true: {found!r:.300}")


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEAKLAB_")}
    return {**kept, "COLUMNS": "200", "NO_COLOR": "1", **more}
