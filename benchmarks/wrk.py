"""Runs one of the servers of `http_variants`, and puts it under `wrk`."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from .rows import NotMeasured

CONNECTIONS, SECONDS, ROUNDS = 32, 3, 5

Figures = list[tuple[float, float]]           # per round: requests per second, processor microseconds per request


@contextlib.contextmanager
def running(variant: str, server: str, folder: Path) -> Iterator[tuple[str, str, int]]:
    """(url, token, process id) of a server in a process of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    listener.set_inheritable(True)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.http_variants", variant, server, str(listener.fileno()), str(folder)],
        pass_fds=[listener.fileno()], stdout=subprocess.PIPE, text=True,
    )
    port = listener.getsockname()[1]
    listener.close()
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield f"http://127.0.0.1:{port}{told['path']}", told["token"], process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def load(url: str, token: str, process: int, seconds: int = SECONDS) -> tuple[float, float]:
    """(requests per second, microseconds of the server's processor per request) under `wrk`."""
    before = _processor_seconds(process)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {token}",
         "-H", "User-Agent: wrk/4", url],
        capture_output=True, text=True, check=True,
    ).stdout
    spent = _processor_seconds(process) - before
    rate, number = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if "Non-2xx" in said or rate is None or number is None:
        raise RuntimeError(f"{url} did not answer well: {said}")
    return float(rate[1]), 1e6 * spent / int(number[1])


def _processor_seconds(process: int) -> float:
    times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def take_turns(variants: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Figures]:
    """The figures of each (variant, server), round by round, so that a noisy neighbour hits all of them."""
    if shutil.which("wrk") is None:
        raise NotMeasured("wrk is missing: apt-get install wrk")
    figures: dict[tuple[str, str], Figures] = {each: [] for each in variants}
    with contextlib.ExitStack() as stack:
        servers = {
            each: stack.enter_context(running(*each, Path(stack.enter_context(tempfile.TemporaryDirectory()))))
            for each in variants
        }
        for server in servers.values():
            load(*server, seconds=1)
        for number in range(ROUNDS):
            for each in variants if number % 2 == 0 else variants[::-1]:
                figures[each].append(load(*servers[each]))
    return figures
