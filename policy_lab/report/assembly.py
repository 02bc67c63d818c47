"""From results to files: read each run once, draw, write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from policy_lab.runs import DesignPointResult

from .account import Account
from .figures import drawn
from .files import write_files
from .page import page


def assemble(out: Path, results: Sequence[DesignPointResult], command: str) -> Path:
    """Write the report of at least one result into `out`; return the path of its page."""
    accounts = [Account(result) for result in results]
    slugs = slugged([account.policy.name for account in accounts])
    figures = drawn(accounts, slugs)
    out.mkdir(parents=True, exist_ok=True)
    write_files(out, accounts, slugs, figures.every())
    target = out / "report.html"
    target.write_text(page(accounts, figures, command), encoding="utf-8")
    return target


def slugged(names: Sequence[str]) -> list[str]:
    """What tells the policies' files apart: nothing for one alone, else `-` and the name in plain letters."""
    if len(names) == 1:
        return [""]
    plain = [re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] for name in names]
    return [
        f"-{slug}" if slug and plain.count(slug) == 1 else f"-{slug or 'policy'}-{number}"
        for number, slug in enumerate(plain, start=1)
    ]
