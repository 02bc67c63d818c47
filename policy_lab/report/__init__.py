"""The report: one page that tells what happened, and the files behind it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_lab.runs import DesignPointResult

__all__ = ["ReportError", "write_report"]


class ReportError(Exception):
    """A report that cannot be written; says why and what to do."""


def write_report(out: Path, results: Sequence[DesignPointResult], command: str) -> Path:
    """Write report.html, summary.json, summary.csv, events.jsonl and figures/ into `out`; return the page.

    `results` are design points of one scenario, compared with the first; `command` replays them.
    Raises ReportError where there is nothing to report or the drawing library is missing.
    """
    if not results:
        raise ReportError("There is no run to report on: run at least one policy.")
    if find_spec("vl_convert") is None:
        raise ReportError(
            "The report draws its figures with vl-convert, which is not installed: "
            "install it with `pip install 'leaklab[report]'`."
        )
    # Whoever does not draw should not wait for what draws.
    from .assembly import assemble  # noqa: PLC0415 - see above

    return assemble(out, results, command)
