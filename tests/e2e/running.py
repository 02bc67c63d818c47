"""Starts `leaklab serve …` on free ports, as a person would, and ends exactly that process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEAKLAB = Path(sys.executable).with_name("leaklab")
START_LIMIT = 60  # seconds a start may take on a busy machine


@dataclass
class RunningRange:
    """A started server and what it wrote for its owner."""

    process: subprocess.Popen[str]
    data: Path
    printed: list[str]

    @property
    def credentials(self) -> dict[str, Any]:
        """credentials.json."""
        found: dict[str, Any] = json.loads((self.data / "credentials.json").read_text(encoding="utf-8"))
        return found

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=20)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.kill()
        self.process.wait(timeout=20)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at the moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def start(data: Path, what: str = "range", *more: str, log: Path | None = None) -> RunningRange:
    """Start a server and return once it has printed `ready`."""
    api, proxy = free_ports(2)
    command = [str(LEAKLAB), "serve", what, "--data", str(data), "--port-api", str(api), *more]
    if what == "range":
        command += ["--port-proxy", str(proxy)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LEAKLAB_")}
    with (log or data.parent / "server.log").open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
    printed: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        printed.append(line.rstrip())
        if line.startswith("ready"):
            return RunningRange(process, data, printed)
    process.wait(timeout=START_LIMIT)
    raise AssertionError(f"the server ended with {process.returncode} before it was ready: {printed}")


@contextmanager
def running(data: Path, what: str = "range", *more: str) -> Iterator[RunningRange]:
    """A server for the length of a `with` block."""
    server = start(data, what, *more)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait(timeout=20)
        if server.process.stdout is not None:
            server.process.stdout.close()
