"""Queue length over time, at the front end and at the renderer."""

from __future__ import annotations

from collections.abc import Sequence

from policy_lab.report.account import Account
from policy_lab.report.times import bin_width, in_words
from policy_lab.report.traffic import peaks

from .theme import INK, TESTERS, WIDTH, Figure, finished, phase_bands, phase_names, time_x, whole_numbers
from .vega import Rows, Spec, layered, stacked, unit

_Steps = Sequence[tuple[float, int]]


def queues(account: Account, name: str) -> Figure:
    """How many waited at the front end, waited for a render, and were being rendered."""
    levels: list[tuple[str, _Steps]] = [
        ("Waiting at the front end", account.queues.front_end),
        ("Waiting for the renderer", account.queues.render_queue),
        ("Being rendered", account.queues.rendering),
    ]
    shown = [(panel, steps) for panel, steps in levels if any(level for _, level in steps)] or levels[-1:]
    width = bin_width(account.end - account.start)
    bins = max(1, round((account.end - account.start) / width))
    rows = [
        {"panel": panel, "m": account.minute(account.start + index * width), "n": level}
        for panel, steps in shown
        for index, level in enumerate(_closed(peaks(steps, account.start, width, bins)))
    ]
    title = _title(account)
    panels = [_panel(account, panel, rows, labelled=panel == shown[-1][0]) for panel, _ in shown]
    return Figure(
        name, title,
        f"Each step is the longest the queue was within {in_words(width)}; every panel has its own scale.",
        f"{title}. Panels over time: {', '.join(panel.lower() for panel, _ in shown)}.",
        finished(stacked([*phase_names(account), *panels]), title), rows,
    )


def highest(steps: _Steps) -> tuple[float, int]:
    """The instant and the level of the first highest step; (0, 0) if there is none."""
    return max(steps, key=lambda step: step[1], default=(0.0, 0))


def _closed(levels: list[int]) -> list[int]:
    return [*levels, levels[-1]]


def _panel(account: Account, panel: str, rows: Rows, *, labelled: bool) -> Spec:
    mine: Rows = [{"m": row["m"], "n": row["n"]} for row in rows if row["panel"] == panel]
    colour = INK if panel.endswith("front end") else TESTERS
    style = {"interpolate": "step-after", "color": colour, "fillOpacity": 0.35,
             "line": {"color": colour, "strokeWidth": 1.1}}
    area = unit(mine, "area", style, x=time_x(account, labelled=labelled), y=whole_numbers())
    return layered([*phase_bands(account), area], (WIDTH, 60), panel)


def _title(account: Account) -> str:
    at, waiting = highest(account.queues.front_end)
    _, rendering = highest(account.queues.rendering)
    behind = f"the renderer had at most {rendering:,} clips in work"
    if waiting:
        when = in_words(at - account.zero)
        return f"The line at the front end was longest {when} after {account.counted_from}, with {waiting:,}; {behind}"
    return f"{behind[0].upper()}{behind[1:]}"
