"""Harm and collateral of every policy side by side, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policy_lab.report.account import Account
from policy_lab.report.measures import BY_NAME, Measure

from .theme import INK, POLICY_COLOURS, POLICY_SHAPES, RULE, Figure, finished
from .vega import Rows, Spec, layered, number, side_by_side, stacked, unit, word

HARM = ("misuse_renders", "outputs_escaped", "outputs_escaped_unapproved", "time_to_stop")
COLLATERAL = ("testers_cut_off", "tester_minutes_lost", "legitimate_requests_refused", "legitimate_outputs_lost")
_WIDTH = 132


def comparison(accounts: Sequence[Account], name: str) -> Figure:
    """Dots at the mean, lines for the 95 % interval of the mean, one small panel per figure of the ledger."""
    rows: Rows = []
    for measure in (*HARM, *COLLATERAL):
        rows += [row for account in accounts if (row := _row(account, BY_NAME[measure])) is not None]
    title = _title(accounts)
    halves = [
        side_by_side([_panel(accounts, rows, BY_NAME[measure], first=measure == names[0]) for measure in names])
        for names in (HARM, COLLATERAL)
    ]
    runs = min(account.replications for account in accounts)
    how = f"over {runs} replications, with the 95 % interval of the mean" if runs > 1 else "of the one run made"
    return Figure(
        name, title,
        f"Marks are the figures {how}; upper row harm, lower row collateral. Further left is better."
        " Every panel has its own scale from zero.",
        f"{title}. " + "; ".join(f"{row['figure']}, {row['policy']}: {row['text']}" for row in rows) + ".",
        finished(stacked(halves, spacing=18), title), rows,
    )


def _row(account: Account, measure: Measure) -> dict[str, Any] | None:
    found = account.estimated(measure.name)
    if found.mean is None:
        return None
    scale = 60.0 if measure.unit == "seconds" else 1.0
    mean, half = found.mean / scale, (found.half_width or 0.0) / scale
    missing = f" ({found.replications} of {found.replications + found.missing} runs)" if found.missing else ""
    return {
        "figure": measure.label, "unit": "min" if measure.unit in ("seconds", "minutes") else "",
        "policy": account.policy.name, "mean": round(mean, 3), "low": round(max(0.0, mean - half), 3),
        "high": round(mean + half, 3), "text": f"{mean:,.0f}{missing}" if mean >= 10 or mean == 0 else f"{mean:.1f}{missing}",
    }


def _panel(accounts: Sequence[Account], rows: Rows, measure: Measure, *, first: bool) -> Spec:
    mine = [row for row in rows if row["figure"] == measure.label]
    names = [account.policy.name for account in accounts]
    top = max((row["high"] for row in mine), default=0.0) or 1.0
    # A third more than the data need, so that the figure beside the rightmost mark has room.
    scale = {"domain": [0, top * 1.35], "nice": False}
    axis = {"tickCount": 2, "grid": False, "format": "~s" if top >= 10_000 else ",~g"}
    x = number("mean", title=None, scale=scale, axis=axis)
    y = word("policy", sort=names, title=None, scale={"domain": names}, axis={
        "labels": first, "ticks": False, "domain": False, "grid": True, "gridColor": RULE, "minExtent": 0, "labelLimit": 150,
    })
    layers = [
        unit(mine, "rule", {"strokeWidth": 2, "color": INK}, x=number("low", scale=scale), x2={"field": "high"}, y=y),
        unit(mine, "text", {"dy": -11}, x=x, y=y, text=word("text")),
    ]
    for index, name in enumerate(names):
        look = {"filled": True, "size": 62, "opacity": 1, "shape": POLICY_SHAPES[index % 6], "color": POLICY_COLOURS[index % 6]}
        layers.append(unit([row for row in mine if row["policy"] == name], "point", look, x=x, y=y))
    unit_shown = " (min)" if measure.unit in ("seconds", "minutes") else ""
    return layered(layers, (_WIDTH, 34 * len(names)), f"{measure.label}{unit_shown}")


def _title(accounts: Sequence[Account]) -> str:
    if len(accounts) == 1:
        return "What the leak cost, and what the response cost"
    harm = _least(accounts, "outputs_escaped")
    collateral = _least(accounts, "testers_cut_off")
    return f"Fewest outputs escaped under {harm}; fewest innocent testers were cut off under {collateral}"


def _least(accounts: Sequence[Account], name: str) -> str:
    """The policies with the smallest mean, as a list in words."""
    means = [(account.estimated(name).mean, account.policy.name) for account in accounts]
    known = [(mean, policy) for mean, policy in means if mean is not None]
    smallest = min((mean for mean, _ in known), default=0.0)
    return " and ".join(policy for mean, policy in known if mean == smallest) or "none"
