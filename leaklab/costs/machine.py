"""The machine on which something was measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

PACKAGES = ("leaklab", "msgspec", "pyjwt", "cryptography", "sqlalchemy")


class Machine(Struct, frozen=True):
    """What a figure depends on besides the code. `memory` is gigabytes."""

    cpu: str
    cores: int
    memory: float
    system: str
    python: str
    packages: dict[str, str]


def this_machine() -> Machine:
    """The one this process runs on."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        _cpu(), os.cpu_count() or 1, round(pages / 1e9, 1), f"{platform.system()} {platform.machine()}",
        f"{platform.python_implementation()} {platform.python_version()}", {name: version(name) for name in PACKAGES},
    )


def _cpu() -> str:
    """The model, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())
