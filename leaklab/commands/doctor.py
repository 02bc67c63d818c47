"""`leaklab doctor`: why it does not work, and what to do."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from leaklab.clock import SystemClock
from leaklab.problems import Problem
from leaklab.range_client import DEFAULT_DATA, Data

from .listing import AsJson, show_rows

EARLIEST_PLAUSIBLE = 1_767_225_600.0  # 2026-01-01: a clock before this was never set.
EXTRAS = {
    "serve": ("fastapi", "starlette", "httpx2", "uvicorn", "sqlalchemy"),
    "report": ("vl_convert",),
    "load": ("locust",),
}


class Finding(NamedTuple):
    """One thing looked at: is it well, what was seen, and what to do if not."""

    check: str
    well: bool
    seen: str
    remedy: str = ""


def doctor(
    data: Data = DEFAULT_DATA,
    port_api: Annotated[int, typer.Option(envvar="LEAKLAB_PORT_API", help="The port the API wants.")] = 8000,
    port_proxy: Annotated[int, typer.Option(envvar="LEAKLAB_PORT_PROXY", help="The port the front end wants.")] = 8001,
    answering: Annotated[
        str | None, typer.Option(help="Only check that this loopback address answers (for health checks).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at this machine and the range's folder; say what is wrong and what to do. Exit code 1 if anything is."""
    findings = [_answers(answering)] if answering else list(_look(data, (port_api, port_proxy)))
    show_rows("Doctor", [finding._asdict() for finding in findings], as_json=as_json)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _look(data: Path, ports: tuple[int, int]) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")
    for name, modules in EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        seen = f"missing: {', '.join(missing)}" if missing else "installed"
        yield Finding(f"extra [{name}]", not missing, seen, f"pip install 'leaklab[{name}]'")
    yield from (_port_is_free(port) for port in ports)
    yield _can_write(data)
    yield _has_room(data)
    yield _clock()
    yield from _range(data)


def _port_is_free(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            seen = "taken" if problem.errno == errno.EADDRINUSE else str(problem)
            return Finding(
                f"port {port}",
                False,
                seen,
                "Stop what listens there (it may be your range), or choose another port.",
            )
    return Finding(f"port {port}", True, "free")


def _can_write(data: Path) -> Finding:
    folder = data
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("write access", True, str(folder.resolve()))
    except OSError as problem:
        return Finding(
            "write access",
            False,
            f"{folder.resolve()}: {problem.strerror}",
            "Choose a folder of your own with --data.",
        )


def _has_room(data: Path) -> Finding:
    folder = data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e6
    return Finding(
        "disk space",
        free > 100,
        f"{free:,.0f} MB free",
        "Free at least 100 MB, or choose another folder with --data.",
    )


def _clock() -> Finding:
    now = SystemClock().now()
    return Finding(
        "clock",
        now > EARLIEST_PLAUSIBLE,
        f"{now:.0f} s since 1970",
        "Set the machine's clock: tokens are refused when it is wrong.",
    )


def _range(data: Path) -> Iterator[Finding]:
    path = data / "credentials.json"
    if not path.exists():
        yield Finding("range", True, f"none in {data}")
        return
    try:
        url = json.loads(path.read_text(encoding="utf-8"))["api_url"]
    except (OSError, ValueError, KeyError):
        yield Finding(
            "range",
            False,
            f"{path} cannot be read",
            "Stop the range, delete the file, and start the range again.",
        )
        return
    mode = path.stat().st_mode & 0o777
    yield Finding("credentials", mode & 0o077 == 0 or os.name == "nt", f"mode {mode:o}", f"chmod 600 {path}")
    yield _answers(f"{url}/readyz")


def _answers(url: str) -> Finding:
    if not url.startswith(("http://127.", "http://localhost", "http://[::1]")):
        raise Problem(f"{url} is not on this machine; doctor asks loopback addresses only.", exit_code=2)
    from urllib.error import URLError
    from urllib.request import ProxyHandler, build_opener

    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=3) as answer:
            return Finding("answers", True, f"{url}: {answer.status}")
    except (URLError, OSError, ValueError) as problem:
        return Finding("answers", False, f"{url}: {problem}", "Start it with: leaklab serve range")
