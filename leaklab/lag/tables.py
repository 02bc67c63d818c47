"""The table of lags, for a terminal and for a page."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from policy_lab.history import Lags

from .lines import Line, Setting

LATENESS = ("Enforcement", "Bound", "Asked after", "Let in", "Until the last gate refuses", "Simulated", "Verdict")
COST = (
    "Enforcement", "Median of all gates", "Simulated", "Within 25 %", "Look-ups", "Messages", "Bytes",
)


def lateness(lines: Sequence[Line]) -> list[list[str]]:
    """A row per enforcement under `LATENESS`; spans are median / p99 / longest."""
    return [
        [
            line.name, span(line.bound), f"{line.measured.asked_after:,}", f"{line.measured.let_in_after:,}",
            three(line.measured.worst), three(line.simulated.worst), line.verdict,
        ]
        for line in lines
    ]


def cost(lines: Sequence[Line]) -> list[list[str]]:
    """A row per enforcement under `COST`: how the medians of every gate's lag compare, and what the views cost."""
    return [
        [
            line.name, span(line.agreement.measured), span(line.agreement.simulated), "yes" if line.agrees else "no",
            f"{line.measured.work.look_ups:,}", f"{line.measured.work.messages:,}",
            f"{line.measured.work.bytes_moved:,}",
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
        if line.stale:
            said.append(f"{line.name}: {line.stale:,} requests were refused because a gate had heard nothing in time.")
        if line.measured.violated:
            said.append(f"{line.name}: {line.measured.violated:,} requests were let in against the declared bound.")
        if line.measured.asked_with_version:
            said.append(f"{line.name}: {line.measured.asked_with_version:,} of the requests demanded the version.")
        if line.redis.count:
            said.append(f"{line.name}: Redis took {three(line.redis)} from publishing to receiving.")
        elif line.enforcement == "push":
            said.append(f"{line.name}: there was no Redis, the news came as server-sent events.")
    return said


def page(lines: Sequence[Line], setting: Setting) -> str:
    """The table as Markdown, with how it was made."""
    text = [
        "# How late gates refuse",
        "",
        f"{setting.gates} gates, {setting.rate:g} requests per second in all, {setting.seconds:g} s per enforcement, "
        f"{setting.loads} load process{'es' if setting.loads > 1 else ''}, seed {setting.seed}. {machine()}",
        "",
        *_table(LATENESS, lateness(lines)),
        "",
        "Lags run from the acknowledgement of a revocation to the last request that was let in: median / p99 / "
        "longest. The simulation drives the same views in virtual time with the delays that were measured.",
        "",
        *_table(COST, cost(lines)),
        "",
        "The simulation is held against the median over all gates and revocations: which of several fetching gates is "
        "the last depends on when each was started. Medians that lie closer than the load can tell apart agree.",
        "",
        *(f"- {remark}" for remark in remarks(lines)),
    ]
    return "\n".join(text).rstrip() + "\n"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *rows)]


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
