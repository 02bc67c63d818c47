"""Queue length over time, at the front end and at the renderer."""

from __future__ import annotations

from policy_lab.report.account import Account
from policy_lab.report.grid import Grid, grid_over
from policy_lab.report.levels import Level
from policy_lab.report.times import in_words

from .theme import INK, TESTERS, WIDTH, Figure, finished, phase_bands, phase_names, time_x, whole_numbers
from .vega import Spec, layered, stacked, unit

_FRONT_END, _RENDERER, _RENDERING = "Waiting at the front end", "Waiting for the renderer", "Being rendered"


def queues(account: Account, name: str) -> Figure:
    """How many waited at the front end, waited for a render, and were being rendered."""
    levels = {
        _FRONT_END: account.queues.front_end,
        _RENDERER: account.queues.render_queue,
        _RENDERING: account.queues.rendering,
    }
    shown = {panel: level for panel, level in levels.items() if level.highest[1] or panel == _RENDERING}
    grid, title = grid_over(account), _title(account)
    panels = [_panel(account, grid, panel, level) for panel, level in shown.items()]
    return Figure(
        name,
        title,
        f"Each step is the longest the queue was within each {grid.each}; every panel has its own scale.",
        f"{title}. Panels over time: {', '.join(panel.lower() for panel in shown)}.",
        finished(stacked([*phase_names(account), *panels]), title),
        grid.table({panel: grid.peaks(level) for panel, level in shown.items()}),
    )


def _panel(account: Account, grid: Grid, panel: str, level: Level) -> Spec:
    colour = INK if panel == _FRONT_END else TESTERS
    style = {
        "interpolate": "step-after",
        "color": colour,
        "fillOpacity": 0.35,
        "line": {"color": colour, "strokeWidth": 1.1},
    }
    x, y = time_x(account, labelled=panel == _RENDERING), whole_numbers(level.highest[1])
    area = unit(grid.steps(grid.peaks(level)), "area", style, x=x, y=y)
    return layered([*phase_bands(account), area], (WIDTH, 60), panel)


def _title(account: Account) -> str:
    at, waiting = account.queues.front_end.highest
    _, rendering = account.queues.rendering.highest
    work = f"the renderer had at most {rendering:,} clips in work"
    if waiting:
        when = f"{in_words(at - account.zero)} after {account.counted_from}"
        return f"The line at the front end was longest {when}, with {waiting:,}; {work}"
    return f"{work[0].upper()}{work[1:]}"
