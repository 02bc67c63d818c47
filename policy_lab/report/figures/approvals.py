"""The approval queue over time: what waited, and how it was settled."""

from __future__ import annotations

from policy_lab.report.account import Account
from policy_lab.report.approvals import VERDICTS, Verdict
from policy_lab.report.grid import Grid, grid_over

from .theme import (
    INK,
    MUTED,
    STRANGERS,
    TESTERS,
    THIRD,
    WIDTH,
    Figure,
    finished,
    phase_bands,
    phase_names,
    time_x,
    whole_numbers,
    with_halo,
)
from .vega import Spec, layered, stacked, unit, word

_HEIGHT, _LINE_OF_TEXT = 96, 13  # pixels
_LINES: dict[Verdict, Spec] = {
    "approved": {"color": TESTERS, "strokeDash": [1, 0]},
    "rejected": {"color": STRANGERS, "strokeDash": [6, 3]},
    "quarantined": {"color": THIRD, "strokeDash": [2, 2]},
    "recalled": {"color": INK, "strokeDash": [8, 2, 2, 2]},
}


def approvals(account: Account, name: str) -> Figure:
    """Outputs waiting for a reviewer, and the running totals of the four ways out."""
    grid, title, found = grid_over(account), _title(account), account.approvals.verdicts
    settled = [verdict for verdict in VERDICTS if found[verdict]]
    panels = [*phase_names(account), _waiting(account, grid, labelled=not settled)]
    if settled:
        panels.append(_settled(account, grid, settled))
    spoken = ", ".join(f"{len(found[verdict]):,} {verdict}" for verdict in VERDICTS)
    columns = {"waiting": grid.peaks(account.approvals.waiting)}
    columns |= {verdict: grid.totals(found[verdict]) for verdict in settled}
    return Figure(
        name,
        title,
        f"Above: outputs that waited for a reviewer, the most within each {grid.each}. Below: how many"
        " had been settled by then, and how; each line is named at its end. An output that is taken back after its"
        " approval counts in both lines.",
        f"{title}. Above, waiting outputs over time; below, settled outputs: {spoken}.",
        finished(stacked(panels), title),
        grid.table(columns),
    )


def apart(ends: dict[Verdict, int], top: float) -> dict[Verdict, float]:
    """Where to write the names of lines that end at `ends`: at least a line of text apart."""
    gap = _LINE_OF_TEXT * top / _HEIGHT
    placed: dict[Verdict, float] = {}
    lowest = -gap
    for verdict in sorted(ends, key=lambda verdict: ends[verdict]):
        placed[verdict] = lowest = max(float(ends[verdict]), lowest + gap)
    return placed


def _waiting(account: Account, grid: Grid, *, labelled: bool) -> Spec:
    waiting = account.approvals.waiting
    style = {
        "interpolate": "step-after",
        "color": MUTED,
        "fillOpacity": 0.35,
        "line": {"color": INK, "strokeWidth": 1.1},
    }
    x, y = time_x(account, labelled=labelled), whole_numbers(waiting.highest[1])
    area = unit(grid.steps(grid.peaks(waiting)), "area", style, x=x, y=y)
    return layered([*phase_bands(account), area], (WIDTH, 60), "Outputs waiting for a reviewer")


def _settled(account: Account, grid: Grid, settled: list[Verdict]) -> Spec:
    """The running totals, each named at its end."""
    ends = {verdict: len(account.approvals.verdicts[verdict]) for verdict in settled}
    x, y = time_x(account), whole_numbers(max(ends.values()))
    layers = phase_bands(account)
    for verdict in settled:
        steps = grid.steps(grid.totals(account.approvals.verdicts[verdict]))
        layers.append(
            unit(steps, "line", {"interpolate": "step-after", "strokeWidth": 1.6, **_LINES[verdict]}, x=x, y=y)
        )
    for verdict, height in apart(ends, y["scale"]["domain"][1]).items():
        end = [{"m": account.minute(account.end), "n": height, "text": f"{verdict} {ends[verdict]:,}"}]
        layers += with_halo(unit(end, "text", {"align": "right", "dx": -4, "dy": -6}, x=x, y=y, text=word("text")))
    return layered(layers, (WIDTH, _HEIGHT), "Outputs settled so far")


def _title(account: Account) -> str:
    mode, ledger = account.approvals.mode, account.ledger
    if ledger.leaked_at is None:
        return f"At most {account.approvals.waiting.highest[1]:,} outputs waited for a reviewer at once"
    unapproved = f"{ledger.outputs_escaped_unapproved:,} outputs reached strangers before anybody had approved them"
    if mode == "none":
        return f"Nobody is asked for approval: {ledger.outputs_escaped:,} outputs reached strangers"
    if mode == "contract":
        return f"Approval by contract only: {unapproved}"
    held = unapproved if ledger.outputs_escaped_unapproved else "none reached a stranger unapproved"
    return f"Outputs are held for approval: {held}"
