"""What `leaklab doctor` looks at: each finding says what was seen and, where it is not well, what to do."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from .clock import SystemClock
from .journal_place import ADDRESS, FILE, journal_place

EARLIEST_PLAUSIBLE = 1_767_225_600.0  # 2026-01-01: a clock before this was never set.
CLOCK_TOLERANCE = 5.0  # seconds, as when a range is opened
ROOM = 100_000_000  # bytes a range should find free
EXTRAS = {
    "serve": (
        "fastapi", "starlette", "httpx2", "aiohttp", "uvicorn", "sqlalchemy", "multipart", "prometheus_client",
    ),
    "push": ("redis",),
    "postgres": ("psycopg",),
    "report": ("vl_convert",),
    "load": ("locust",),
}


class Finding(NamedTuple):
    """One thing looked at: is it well, what was seen, and what to do if not."""

    check: str
    well: bool
    seen: str
    remedy: str = ""


def of_machine(data: Path, ports: tuple[int, int]) -> Iterator[Finding]:
    """Python, extras, ports, write access, room, clock."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")
    for name, modules in EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        seen = f"missing: {', '.join(missing)}" if missing else "installed"
        yield Finding(f"extra [{name}]", not missing, seen, f"pip install 'leaklab[{name}]' (or: make setup)")
    for port, option, name in zip(ports, ("--port-api", "--port-proxy"), ("api_url", "proxy_url"), strict=True):
        yield _port(port, option, _credentials(data).get(name))
    yield _write_access(data)
    yield _room(data)
    yield _clock()


def of_range(data: Path) -> Iterator[Finding]:
    """Whether the folder's range is whole, private, in time, and answers."""
    path = data / "credentials.json"
    place = journal_place(data)
    newest_at = _newest_event(place) if isinstance(place, Path) else None
    if isinstance(place, str):
        finding, newest_at = of_database(place)
        yield finding
    if newest_at is not None:
        yield _in_time(newest_at, SystemClock().now())
    if not path.exists():
        yield Finding("range", True, f"none in {data}; start one with: leaklab serve range --data {data}")
        return
    known = _credentials(data)
    if not known:
        remedy = "Stop the range, delete the file, and start the range again."
        yield Finding("range", False, f"{path} cannot be read", remedy)
        return
    for private in (path, data / "keys.json", data / FILE, data / ADDRESS):
        if private.exists():
            yield _private(private)
    yield from _of_servers(known, data)


def _of_servers(known: dict[str, Any], data: Path) -> Iterator[Finding]:
    remedy = f"Start it, with the options it had: leaklab serve range --data {data}"
    gates = [(f"gate-{number}", url) for number, url in enumerate(known.get("gate_urls") or (), 1)]
    for name, url in (("API", known.get("api_url")), *gates, ("front end", known.get("proxy_url"))):
        if isinstance(url, str):
            probe = answers(f"{url}/healthz", remedy)
            yield probe._replace(check=name)
            if name == "API" and probe.well:
                remedy = "The range runs without it. Stop the range, and start it again with the options it had."


def of_database(address: str) -> tuple[Finding, float | None]:
    """Whether the journal's PostgreSQL answers, and the instant of its newest event if it has one."""
    remedy = f"See that PostgreSQL runs and that the address in {ADDRESS} is right; pip install 'leaklab[postgres]'."
    try:
        from mock_api.journal import glance  # noqa: PLC0415 - reading a journal is an extra.

        where, newest_at = glance(address)
    except Exception as problem:  # A missing library, a wrong address, a database that is away: all are a finding.
        return Finding("journal", False, str(problem), remedy), None
    return Finding("journal", True, f"{where} answers"), newest_at


def answers(url: str, remedy: str = "Start it: leaklab serve range") -> Finding:
    """Whether `url`, on this machine, answers with a 2xx."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=3) as answer:
            return Finding("answers", True, f"{url}: {answer.status}")
    except HTTPError as refusal:
        with refusal:
            return Finding("answers", False, f"{url}: {refusal.code}", "Look at the server's own output.")
    except (URLError, OSError, ValueError) as problem:
        reason = getattr(problem, "reason", problem)
        return Finding("answers", False, f"{url}: {getattr(reason, 'strerror', None) or reason}", remedy)


def _port(port: int, option: str, ours: object) -> Finding:
    check = f"port {port}"
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                return Finding(check, False, problem.strerror or str(problem), f"Choose another with {option}.")
        else:
            return Finding(check, True, "free")
    if isinstance(ours, str) and urlsplit(ours).port == port and answers(f"{ours}/healthz").well:
        return Finding(check, True, "taken by this range")
    is_leaklab = answers(f"http://127.0.0.1:{port}/.well-known/leaklab").well
    seen = "taken by another Leaklab" if is_leaklab else "taken by another program"
    return Finding(check, False, seen, f"Stop what listens there, or choose another with {option} (0: any).")


def _write_access(data: Path) -> Finding:
    folder = _existing(data)
    remedy = "Choose a folder of your own with --data."
    if not folder.is_dir():
        return Finding("write access", False, f"{folder} is a file", remedy)
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("write access", True, str(folder.resolve()))
    except OSError as problem:
        return Finding("write access", False, f"{folder.resolve()}: {problem.strerror}", remedy)


def _room(data: Path) -> Finding:
    free = shutil.disk_usage(_existing(data)).free
    remedy = "Free at least 100 MB, or choose another folder with --data."
    return Finding("disk space", free > ROOM, f"{free / 1e6:,.0f} MB free", remedy)


def _clock() -> Finding:
    now = SystemClock().now()
    remedy = "Set the machine's clock: tokens are refused when it is wrong."
    return Finding("clock", now > EARLIEST_PLAUSIBLE, "plausible" if now > EARLIEST_PLAUSIBLE else f"{now:.0f}", remedy)


def _in_time(newest_at: float, now: float) -> Finding:
    """The newest event must not lie in the future; only a clock set back, or a faster one, makes it so."""
    ahead = newest_at - now
    remedy = (
        "Set this machine's clock; or, if the range ran with --speed, start it with that --speed "
        "again, wait, or start a new one with --data."
    )
    seen = f"the journal's newest event is {abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} this clock"
    return Finding("clock and journal", ahead <= CLOCK_TOLERANCE, seen, remedy)


def _private(path: Path) -> Finding:
    mode = path.stat().st_mode & 0o777
    well = mode & 0o077 == 0 or os.name == "nt"
    return Finding(path.name, well, f"mode {mode:o}", f"Others can read it: chmod 600 {path}")


def _newest_event(journal: Path) -> float | None:
    """The instant of the journal's newest event, or None where there is none to be read."""
    if not journal.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"file:{journal}?mode=rw", uri=True, timeout=1)) as connection:
            row = connection.execute("SELECT at FROM commits ORDER BY first DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else float(row[0])


def _credentials(data: Path) -> dict[str, Any]:
    try:
        known = json.loads((data / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
