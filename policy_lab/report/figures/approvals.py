"""The approval queue over time: what waited, and how it was settled."""

from __future__ import annotations

from policy_lab.report.account import Account
from policy_lab.report.approvals import VERDICTS
from policy_lab.report.times import bin_width, in_words
from policy_lab.report.traffic import counts, peaks

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
)
from .vega import Rows, Spec, layered, stacked, unit, word

_LINES = {
    "approved": (TESTERS, [1, 0]), "rejected": (STRANGERS, [6, 3]), "quarantined": (THIRD, [2, 2]),
    "recalled": (INK, [8, 2, 2, 2]),
}


def approvals(account: Account, name: str) -> Figure:
    """Outputs waiting for a reviewer, and the running totals of the four ways out."""
    width = bin_width(account.end - account.start)
    bins = max(1, round((account.end - account.start) / width))
    minutes = [account.minute(account.start + index * width) for index in range(bins + 1)]
    waiting = peaks(account.approvals.waiting, account.start, width, bins)
    rows: Rows = [
        {"series": "waiting", "m": minute, "n": level}
        for minute, level in zip(minutes, [*waiting, waiting[-1]], strict=True)
    ]
    settled: Rows = []
    for verdict in VERDICTS:
        instants = account.approvals.verdicts[verdict]
        if instants:
            settled += _running_total(verdict, counts(instants, account.start, width, bins), minutes)
    title = _title(account)
    panels = [*phase_names(account), _waiting(account, rows, labelled=not settled), *_settled(account, settled)]
    return Figure(
        name, title,
        f"Above: outputs that waited for a reviewer, the most within each {in_words(width)}. Below: how many had been"
        " settled by then, and how; each line is named at its end.",
        f"{title}. Above, waiting outputs over time; below, settled outputs: {_spoken(account)}.",
        finished(stacked(panels), title), rows + settled,
    )


def _running_total(verdict: str, per_bin: list[int], minutes: list[float]) -> Rows:
    total, rows = 0, [{"series": verdict, "m": minutes[0], "n": 0}]
    for count, minute in zip(per_bin, minutes[1:], strict=True):
        total += count
        rows.append({"series": verdict, "m": minute, "n": total})
    return rows


def _waiting(account: Account, rows: Rows, *, labelled: bool) -> Spec:
    style = {"interpolate": "step-after", "color": MUTED, "fillOpacity": 0.35, "line": {"color": INK, "strokeWidth": 1.1}}
    mine = [{"m": row["m"], "n": row["n"]} for row in rows]
    area = unit(mine, "area", style, x=time_x(account, labelled=labelled), y=whole_numbers())
    return layered([*phase_bands(account), area], (WIDTH, 60), "Outputs waiting for a reviewer")


def _settled(account: Account, rows: Rows) -> list[Spec]:
    """The panel of running totals, or nothing where nothing was settled."""
    found = [verdict for verdict in VERDICTS if account.approvals.verdicts[verdict]]
    if not found:
        return []
    layers = phase_bands(account)
    for verdict in found:
        colour, dash = _LINES[verdict]
        mine = [{"m": row["m"], "n": row["n"]} for row in rows if row["series"] == verdict]
        x, y = time_x(account), whole_numbers()
        layers.append(unit(mine, "line", {"color": colour, "strokeDash": dash, "strokeWidth": 1.6}, x=x, y=y))
        end = [mine[-1] | {"text": f"{verdict} {mine[-1]['n']:,}"}]
        layers.append(unit(end, "text", {"align": "right", "dx": -4, "dy": -7}, x=x, y=y, text=word("text")))
    return [layered(layers, (WIDTH, 96), "Outputs settled so far")]


def _spoken(account: Account) -> str:
    return ", ".join(f"{len(account.approvals.verdicts[verdict]):,} {verdict}" for verdict in VERDICTS)


def _title(account: Account) -> str:
    mode, escaped = account.approvals.mode, account.ledger.outputs_escaped_unapproved
    whose = f"{escaped:,} outputs reached strangers before anybody had approved them"
    if mode == "none":
        return f"Nobody is asked for approval: {account.ledger.outputs_escaped:,} outputs reached strangers"
    if mode == "contract":
        return f"Approval by contract only: {whose}"
    return f"Outputs are held for approval: {whose if escaped else 'none reached a stranger unapproved'}"
