"""How late each gate in front was: one bar a gate, never a mean."""

from __future__ import annotations

from policy_lab.report.account import Account
from policy_lab.report.times import MINUTE, in_words, on_the_clock

from .theme import STRANGERS, TESTERS, WIDTH, Figure, finished
from .vega import Rows, layered, number, unit, word


def gates(account: Account, name: str) -> Figure:
    """The lag of every gate in the first run, the worst one in the strangers' colour."""
    lags = account.gates.lags
    worst, names = max(lags.values(), default=0.0), sorted(lags)
    span, seconds = ("minutes", MINUTE) if worst > 10 * MINUTE else ("seconds", 1)
    rows: Rows = [
        {
            "gate": gate,
            f"lag_{span}": round(lags[gate] / seconds, 3),
            "late": account.gates.late.get(gate, 0),
            "text": f"{in_words(lags[gate])}, {account.gates.late.get(gate, 0):,} let in late",
            "worst": bool(lags[gate]) and lags[gate] == worst,
        }
        for gate in names
    ]
    title = _title(account, worst)
    y = word("gate", title=None, sort=names)
    x = number(f"lag_{span}", title=span, scale={"domain": [0, max(worst / seconds, 1.0) * 1.35], "nice": False})
    layers = [
        unit([row for row in rows if row["worst"] == is_worst], "bar", {"color": colour, "height": 12}, x=x, y=y)
        for is_worst, colour in ((False, TESTERS), (True, STRANGERS))
    ]
    layers.append(unit(rows, "text", {"align": "left", "dx": 4}, x=x, y=y, text=word("text")))
    return Figure(
        name,
        title,
        "Each bar runs from a response to the last request that this gate let in on a token the response covered."
        + _cut_off(account),
        f"{title}. " + "; ".join(f"{row['gate']}: {row['text']}" for row in rows) + ".",
        finished(layered(layers, (WIDTH, 24 * max(1, len(rows)))), title),
        rows,
    )


def _title(account: Account, worst: float) -> str:
    lags = account.gates.lags
    if not worst:
        return f"None of the {len(lags)} gates let anything in that a response had covered"
    late = sum(1 for lag in lags.values() if lag)
    name = min(gate for gate, lag in lags.items() if lag == worst)
    return f"The worst gate, {name}, was {in_words(worst)} late; {late} of {len(lags)} gates let something in too late"


def _cut_off(account: Account) -> str:
    """Which gates the story cuts off from the authority, and when, on the page's clock."""
    told = [
        f" gate-{cut.gate} and the authority did not hear each other for {in_words(cut.lasts)} from "
        f"{on_the_clock(account.start + cut.after - account.zero)} after {account.counted_from}."
        for cut in account.scenario.gates.partitions if f"gate-{cut.gate}" in account.gates.lags
    ]
    return "".join(told)
