"""Environments of their own for clients that must not share ours: made once under build/, shared between runs.

Their pins come from `uv pip compile --universal --generate-hashes --no-header --no-annotate` and from
`npm install --package-lock-only --omit-lockfile-registry-resolved`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

OLDEST_NODE = 20  # the first that has WebCrypto without asking
BUILD = Path(__file__).parents[2] / "build"


def python_with(requirements: Path) -> Path:
    """A Python with exactly these pinned packages; skips where no package index answers, under CI it fails."""
    home = BUILD / requirements.stem
    python = home / "bin" / "python"
    pinned = requirements.read_text(encoding="utf-8")
    with _made(home, pinned) as is_there:
        if not is_there:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*install, "--require-hashes", "-r", str(requirements)], home)
            (home / "complete").write_text(pinned, encoding="utf-8")
    return python


def node_with(project: Path) -> Path:
    """A folder whose node_modules holds exactly what the lock file of `project` pins; skips or fails likewise."""
    home = BUILD / f"npm-{project.parent.name}"
    lock = (project / "package-lock.json").read_text(encoding="utf-8")
    if shutil.which("npm") is None or _node_version() < OLDEST_NODE:
        _give_up(f"node {OLDEST_NODE} or newer and npm are missing: apt install nodejs npm")
    with _made(home, lock) as is_there:
        if not is_there:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(project / name, home / name)
            _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], home)
            (home / "complete").write_text(lock, encoding="utf-8")
    return home


def _node_version() -> int:
    if shutil.which("node") is None:
        return 0
    said = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout  # v20.20.2
    return int(said.removeprefix("v").partition(".")[0])


@contextmanager
def _made(home: Path, pinned: str) -> Iterator[bool]:
    """Whether the environment is complete; nobody else makes it meanwhile."""
    BUILD.mkdir(exist_ok=True)
    done = home / "complete"
    with (BUILD / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield done.exists() and done.read_text(encoding="utf-8") == pinned


def _run(command: list[str], home: Path) -> None:
    outcome = subprocess.run(command, check=False, capture_output=True, text=True, cwd=home)
    if outcome.returncode != 0:
        _give_up(f"{home.name} cannot be installed; check access to a package index: {outcome.stderr[-300:]}")


def _give_up(why: str) -> NoReturn:
    if "CI" in os.environ:
        pytest.fail(why)
    pytest.skip(why)
