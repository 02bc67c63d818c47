"""A virtual environment of its own for a client that must not share ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python_with(requirements: Path) -> Path:
    """A Python with exactly these pinned packages, made once under build/; skips where no package index answers."""
    home = ROOT / "build" / requirements.stem
    python = home / "bin" / "python"
    done = home / "complete"
    if not done.exists() or done.read_text(encoding="utf-8") != requirements.read_text(encoding="utf-8"):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        outcome = subprocess.run([*install, "-r", str(requirements)], check=False, capture_output=True, text=True)
        if outcome.returncode != 0:
            why = f"check pip's access to a package index: {outcome.stderr[-300:]}"
            pytest.skip(f"{requirements.name} cannot be installed; {why}")
        done.write_text(requirements.read_text(encoding="utf-8"), encoding="utf-8")
    return python
