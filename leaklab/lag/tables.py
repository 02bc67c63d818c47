"""The table of lags, for a terminal and for a page."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from policy_lab.history import Lags

from .lines import Line, Setting

HEADINGS = (
    "enforcement", "bound", "asked after", "let in", "until the last gate refuses", "simulated", "each gate: measured",
    "simulated", "look-ups", "messages", "bytes", "verdict",
)


def rows(lines: Sequence[Line]) -> list[list[str]]:
    """A row per enforcement under `HEADINGS`; spans are median / p99 / longest."""
    return [
        [
            line.name, span(line.bound), f"{line.measured.asked_after:,}", f"{line.measured.let_in_after:,}",
            three(line.measured.worst), three(line.simulated.worst), span(line.agreement.measured),
            f"{span(line.agreement.simulated)}{'' if line.agrees else ' ≠'}", f"{line.measured.work.look_ups:,}",
            f"{line.measured.work.messages:,}", f"{line.measured.work.bytes_moved:,}", line.verdict,
        ]
        for line in lines
    ]


def remarks(lines: Sequence[Line]) -> list[str]:
    """What a reader should know besides."""
    said = []
    for line in lines:
        late = max(load.late_p99 for load in line.loads)
        if line.saturated:
            said.append(f"{line.name}: the load was saturated, its requests went out up to {span(late)} late (p99).")
        if line.unanswered:
            said.append(f"{line.name}: {line.unanswered:,} requests found no answer.")
        if line.measured.violated:
            said.append(f"{line.name}: {line.measured.violated:,} requests were let in against the declared bound.")
        if line.measured.asked_with_version:
            said.append(f"{line.name}: {line.measured.asked_with_version:,} of the requests demanded the version.")
        if line.redis.count:
            said.append(f"{line.name}: Redis took {three(line.redis)} from publishing to receiving.")
    return said


def page(lines: Sequence[Line], setting: Setting) -> str:
    """The table as Markdown, with how it was made."""
    text = [
        "# How late gates refuse",
        "",
        f"{setting.gates} gates, {setting.rate:g} requests per second in all, {setting.seconds:g} s per enforcement, "
        f"{setting.loads} load process{'es' if setting.loads > 1 else ''}, seed {setting.seed}. {machine()}",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|" + "---|" * len(HEADINGS),
        *("| " + " | ".join(row) + " |" for row in rows(lines)),
        "",
        "Lags run from the acknowledgement of a revocation to the last request that was let in: median / p99 / "
        "longest. The simulation drives the same views in virtual time with the delays that were measured.",
        "",
        *(f"- {remark}" for remark in remarks(lines)),
    ]
    return "\n".join(text).rstrip() + "\n"


def machine() -> str:
    """What it was measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}."


def three(lags: Lags) -> str:
    """Median, p99 and longest."""
    return f"{span(lags.median)} / {span(lags.p99)} / {span(lags.longest)}"


def span(seconds: float | None) -> str:
    """Seconds in the unit that suits them."""
    if seconds is None:
        return "–"
    if seconds == 0.0:
        return "0"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds:.2f} s"
