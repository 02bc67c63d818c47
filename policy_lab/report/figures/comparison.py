"""Harm and collateral of every policy side by side, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policy_lab.report.account import Account, leaked
from policy_lab.report.comparisons import least
from policy_lab.report.measures import BY_NAME, Measure

from .theme import AXIS_ROOM, INK, POLICY_COLOURS, POLICY_SHAPES, WIDTH, Figure, finished, round_stops
from .vega import Rows, Spec, layered, number, side_by_side, stacked, unit, word

HARM = ("misuse_renders", "outputs_escaped", "outputs_escaped_unapproved", "time_to_stop")
COLLATERAL = ("testers_cut_off", "tester_minutes_lost", "legitimate_requests_refused", "legitimate_outputs_lost")
QUIET = ("false_alerts", "testers_cut_off", "legitimate_requests_limited", "legitimate_minutes_held")
_GAP = 14


def comparison(accounts: Sequence[Account], name: str) -> Figure:
    """Dots at the mean, lines for the 95 % interval of the mean, one small panel per figure of the ledger."""
    shown = (HARM, COLLATERAL) if leaked(accounts) else (QUIET,)
    rows: Rows = []
    for measures in shown:
        rows += [row for measure in measures for account in accounts if (row := _row(account, BY_NAME[measure]))]
    title = _title(accounts)
    lines = [side_by_side([_panel(accounts, rows, measures, place) for place in range(4)], _GAP) for measures in shown]
    runs = min(account.replications for account in accounts)
    how = f"over {runs} replications, with the 95 % interval of the mean" if runs > 1 else "of the one run made"
    which = " Upper row: harm; lower row: collateral." if len(shown) > 1 else ""
    return Figure(
        name,
        title,
        f"Marks are the figures {how}.{which} Further left is better; every panel has its own scale.",
        f"{title}. " + "; ".join(f"{row['figure']}, {row['policy']}: {row['text']}" for row in rows) + ".",
        finished(stacked(lines, spacing=18), title),
        rows,
    )


def _row(account: Account, measure: Measure) -> dict[str, Any] | None:
    """The mean and its interval as drawn: spans in minutes. None where no run has a value."""
    found = account.estimated(measure.name)
    if found.mean is None:
        return None
    scale = 60.0 if measure.unit == "seconds" else 1.0
    mean, half = found.mean / scale, (found.half_width or 0.0) / scale
    missing = f" ({found.replications} of {found.replications + found.missing} runs)" if found.missing else ""
    return {
        "figure": measure.label,
        "unit": _unit(measure),
        "policy": account.policy.name,
        "mean": round(mean, 3),
        "low": round(max(0.0, mean - half), 3),
        "high": round(mean + half, 3),
        "text": f"{mean:,.0f}{missing}" if mean >= 10 or mean == int(mean) else f"{mean:.1f}{missing}",
    }


def _unit(measure: Measure) -> str:
    return "min" if measure.unit in ("seconds", "minutes") else ""


def _panel(accounts: Sequence[Account], rows: Rows, measures: Sequence[str], place: int) -> Spec:
    """One figure of the ledger: a line of the panel per policy, named at the left of the first panel."""
    measure, names = BY_NAME[measures[place]], [account.policy.name for account in accounts]
    mine = [row for row in rows if row["figure"] == measure.label]
    top = max((row["high"] for row in mine), default=0.0) or 1.0
    # Three tenths more than the data need, so that the number beside the rightmost mark has room.
    scale = {"domain": [-0.06 * top, top * 1.3], "nice": False}
    x = number("mean", title=None, scale=scale, axis={"values": round_stops(top, 2), "grid": False, "format": ",d"})
    room = min(150, 12 + 6 * max(map(len, names)))
    kept = 0 if place else room
    axis = {
        "labels": not place,
        "ticks": False,
        "domain": False,
        "grid": True,
        "minExtent": kept,
        "maxExtent": kept,
        "labelLimit": room,
    }
    y = word("policy", sort=names, title=None, scale={"domain": names}, axis=axis)
    nowhere = [
        {"policy": name, "mean": 0, "text": "in no run"}
        for name in names
        if name not in {row["policy"] for row in mine}
    ]
    layers = [
        unit(nowhere, "text", {"align": "left", "fontStyle": "italic"}, x=x, y=y, text=word("text")),
        unit(mine, "rule", {"strokeWidth": 2, "color": INK}, x=number("low", scale=scale), x2={"field": "high"}, y=y),
        unit(mine, "text", {"dy": -11}, x=x, y=y, text=word("text")),
        *(
            unit([row for row in mine if row["policy"] == name], "point", _look(index), x=x, y=y)
            for index, name in enumerate(names)
        ),
    ]
    width = (WIDTH + AXIS_ROOM - room - 3 * _GAP) / 4
    said = f"{measure.label} ({_unit(measure)})" if _unit(measure) else measure.label
    return layered(layers, (width, 34 * len(names)), said)


def _look(index: int) -> Spec:
    """The mark of the policy at `index`: a shape and a colour of its own."""
    return {
        "filled": True,
        "size": 62,
        "opacity": 1,
        "shape": POLICY_SHAPES[index % len(POLICY_SHAPES)],
        "color": POLICY_COLOURS[index % len(POLICY_COLOURS)],
    }


def _title(accounts: Sequence[Account]) -> str:
    if not leaked(accounts):
        return (
            "What the policy cost while nothing leaked"
            if len(accounts) == 1
            else "What each policy cost while nothing leaked"
        )
    if len(accounts) == 1:
        return "What the leak cost, and what the response cost"
    if min(account.replications for account in accounts) < 2:
        return "One run of each policy: it shows what can happen, not which policy is better"
    escaped = _fewest(accounts, "outputs_escaped", "outputs escaped")
    cut_off = _fewest(accounts, "testers_cut_off", "innocent testers were cut off")
    return f"{escaped[0].upper()}{escaped[1:]}; {cut_off}"


def _fewest(accounts: Sequence[Account], name: str, what: str) -> str:
    """Under which policy `what` happened least, as far as the intervals allow to say."""
    policies, sure = least(accounts, name)
    if sure and len(policies) == len(accounts):
        return f"as many {what} under every policy"
    if sure:
        return f"fewest {what} under {' and '.join(policies)}"
    return f"fewest {what} under {' or '.join(policies)} (too close to call)"
