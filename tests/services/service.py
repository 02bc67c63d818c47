"""A server that a test starts for itself: ready when started, stopped, resumed or killed on demand, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

START_LIMIT = 60.0  # seconds a start may take on a busy machine
PORTS = range(20_000, 32_000)  # below what the system hands to clients: nobody takes the port during a restart
_HANDED_OUT: set[int] = set()


class Service:
    """One server process, with the children it forks, on a free loopback port in a folder of its own.

    Signals reach exactly the process that was started and its children, by id.
    """

    name = "a server"

    def __init__(self, account: str | None = None) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"leaklab-{self.name}-"))
        self.log = self.folder / "server.log"
        self._account = account if os.geteuid() == 0 else None
        if self._account is not None:
            shutil.chown(self.folder, self._account, pwd.getpwnam(self._account).pw_gid)
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What to start."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether it answers."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_account()
            )
        wait_until(self._has_started, f"{self.name} to be ready; it says: {self.said()[-2000:]}")

    def kill(self) -> None:
        """SIGKILL it and its children, and wait until all are gone."""
        if self._process is None:
            return
        family = self._family()
        for pid in family:  # The parent first: it must not see its children die and tidy up.
            _signal(pid, signal.SIGKILL)
        self._process.wait(timeout=START_LIMIT)
        self._process = None
        wait_until(lambda: not any(map(_is_alive, family)), f"{self.name} to be gone")

    def stop(self) -> None:
        """SIGSTOP it and its children: connections stay open, and nobody answers."""
        for pid in self._family():
            _signal(pid, signal.SIGSTOP)
        for pid in self._family():  # Also what was forked in between.
            _signal(pid, signal.SIGSTOP)

    def cont(self) -> None:
        """SIGCONT it and its children."""
        for pid in reversed(self._family()):
            _signal(pid, signal.SIGCONT)

    def restart(self) -> None:
        """Kill it if it lives, and start it again on the same port."""
        self.kill()
        self.start()

    def close(self) -> None:
        """End it for good, and delete its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self) -> str:
        """What it wrote to its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def run(self, *command: str | Path) -> None:
        """Run a tool of the server's to its end, as the account the server has."""
        done = subprocess.run(
            list(map(str, command)), check=False, capture_output=True, timeout=START_LIMIT, **self._as_account()
        )
        assert done.returncode == 0, done.stderr.decode()

    def _as_account(self) -> dict[str, Any]:
        as_account: dict[str, Any] = {"cwd": self.folder, "start_new_session": True}
        if self._account is not None:
            account = pwd.getpwnam(self._account)
            as_account |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        return as_account

    def _has_started(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"{self.name} ended at its start: {self.said()[-2000:]}"
        return self.is_ready()

    def _family(self) -> list[int]:
        """The ids of the process and of its children."""
        if self._process is None or self._process.poll() is not None:
            return []
        parent = self._process.pid
        return [parent, *(pid for pid in _pids() if _parent(pid) == parent)]


def free_port() -> int:
    """A loopback port that nobody listens on and that the system hands to no client."""
    for port in sorted(PORTS, key=lambda port: (port * 7919 + os.getpid() * 104_729) % 100_003):
        if port in _HANDED_OUT:  # It may be killed just now, and want its port again.
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _HANDED_OUT.add(port)
            return port
    raise AssertionError("no free port")


def program(name: str, package: str, *folders: str) -> Path:
    """Where a program lies; skips the test (CI makes that a failure) where it is not installed."""
    places = [place for folder in folders for place in sorted(Path("/").glob(f"{folder.lstrip('/')}/{name}"))]
    found = places[-1] if places else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; to have it: sudo apt-get install {package}")
    return Path(found)


def wait_until(true: Callable[[], bool], what: str, limit: float = START_LIMIT) -> None:
    """Look again until it is true; fail after `limit` seconds."""
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, f"waited {limit:.0f} s for {what}"
        time.sleep(0.02)


def _signal(pid: int, which: signal.Signals) -> None:
    try:
        os.kill(pid, which)
    except ProcessLookupError:  # It ended by itself meanwhile.
        return


def _pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _parent(pid: int) -> int | None:
    fields = _status(pid)
    return int(fields[1]) if fields else None


def _is_alive(pid: int) -> bool:
    fields = _status(pid)
    return bool(fields) and fields[0] not in "ZX"


def _status(pid: int) -> list[str]:
    """State, parent and so on of a process, from /proc/PID/stat; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
