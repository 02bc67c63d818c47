"""The gates of a range: processes of their own, started when the API answers, ended with it."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from .serving import address
from .vault import write_private

_log = logging.getLogger("leaklab")

STOP_GRACE = 5.0  # seconds a gate gets to end by itself

KEY_FILE = "gate-key"


class Fleet:
    """Gates on ports that are open already. Each holds a pipe from this process, and ends when the pipe does."""

    def __init__(
        self, authority: str, data: Path, ports: Sequence[socket.socket], redis_url: str | None, history: Path | None
    ) -> None:
        self._authority, self._data, self._ports = authority, data, ports
        self._redis_url, self._history = redis_url, history
        self._processes: list[subprocess.Popen[str]] = []
        self._starter: Thread | None = None
        self._is_ending = False
        self.urls = [address(port) for port in ports]

    def __enter__(self) -> Self:
        if self._history is not None:
            self._history.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    def start(self, gate_key: str, say: Callable[[str], object], ready: Callable[[], object]) -> None:
        """Start all gates, and call `ready` once each of them says that it is; without gates, at once."""
        if not self._ports:
            ready()
            return
        write_private(self._data / KEY_FILE, f"{gate_key}\n")
        for number, port in enumerate(self._ports, 1):
            self._processes.append(self._start(f"gate-{number}", port))
            port.close()  # The gate has it; nobody else should seem to listen there once it is gone.
        self._starter = Thread(target=self._wait, args=(say, ready), name="gates", daemon=True)
        self._starter.start()  # In a thread: this event loop has to answer what the gates ask.

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_ending = True
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOP_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, name: str, port: socket.socket) -> subprocess.Popen[str]:
        command = [
            sys.executable, "-m", "leaklab", "serve", "gate", "--name", name, "--authority", self._authority,
            "--gate-key-file", str(self._data / KEY_FILE), "--listen-fd", str(port.fileno()), "--with-parent",
        ]
        if self._history is not None:
            command += ["--history", str(self._history / f"{name}.ndjson")]
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("LEAKLAB_")}
        if self._redis_url is not None:
            surroundings["LEAKLAB_REDIS"] = self._redis_url  # It may hold a password, which no argument should.
        return subprocess.Popen(  # noqa: S603 - our own Python, our own arguments.
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings,
            pass_fds=[port.fileno()],
            process_group=0,  # Ctrl-C in a terminal is for the range, which ends its gates in order.
        )

    def _wait(self, say: Callable[[str], object], ready: Callable[[], object]) -> None:
        for process in self._processes:
            assert process.stdout is not None  # noqa: S101 - it is a pipe.
            for line in process.stdout:
                say(line.rstrip().removeprefix("ready: "))  # Ready is the range once all of it is.
                break
        if self._is_ending:
            return
        lost = [number for number, process in enumerate(self._processes, 1) if process.poll() is not None]
        if lost:
            say(f"gates that did not start: {', '.join(f'gate-{number}' for number in lost)}; the lines above say why")
        ready()
        for number, process in enumerate(self._processes, 1):
            if number not in lost:
                Thread(target=self._watch, args=(number, process), name=f"gate-{number}", daemon=True).start()

    def _watch(self, number: int, process: subprocess.Popen[str]) -> None:
        code = process.wait()
        if not self._is_ending:
            _log.error(
                "gate-%d at %s has ended (%s); nobody answers there until the range is started again.",
                number, self.urls[number - 1], f"signal {-code}" if code < 0 else f"exit code {code}",
            )
