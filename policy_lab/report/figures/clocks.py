"""The five clocks of every policy on one timeline."""

from __future__ import annotations

from collections.abc import Sequence

from policy_lab.report.account import Account
from policy_lab.report.phases import Mark, laid_out, marks
from policy_lab.report.times import axis_unit, in_words, on_the_clock, to_the_second

from .theme import INK, STRANGERS, TESTERS, WIDTH, Figure, finished, time_axis
from .vega import Rows, Spec, layered, number, stacked, unit, word

_SHAPES = {
    "leaked": "triangle-right",
    "first misuse": "circle",
    "detected": "diamond",
    "decided": "square",
    "last accepted": "cross",
}
_POINT: Spec = {"size": 110, "filled": True, "fill": "white", "stroke": INK, "strokeWidth": 1.8, "opacity": 1}
_SEGMENTS: tuple[tuple[str, str, Spec], ...] = (
    ("leaked_at", "detected_at", {"color": STRANGERS, "strokeWidth": 7}),
    ("detected_at", "decided_at", {"color": TESTERS, "strokeWidth": 7, "strokeDash": [5, 2]}),
    ("decided_at", "last_accepted_at", {"color": INK, "strokeWidth": 7, "strokeDash": [2, 2]}),
)


def timeline(accounts: Sequence[Account], name: str) -> Figure:
    """The clocks of the first run of each policy, on one axis from the leak."""
    told = [account for account in accounts if account.ledger.leaked_at is not None]
    last = max((mark.minute for account in told for mark in marks(account)), default=1.0)
    span = (-0.01 * max(last, 1), max(last, 1) * 1.02)
    title = _title(accounts)
    rows: Rows = [
        {"policy": account.policy.name, "clock": mark.name, "m": mark.minute}
        for account in told
        for mark in marks(account)
    ]
    panels = [_panel(account, span, labelled=account is told[-1]) for account in told]
    spans = "; ".join(_spoken(account) for account in told)
    return Figure(
        name,
        title,
        "One line per policy, from the leak to the right: solid while nobody knew, dashed while it was known"
        " and undecided, dotted while it was decided and still let in. Marks are the five clocks.",
        f"{title}. {spans}.",
        finished(stacked(panels), title),
        rows,
    )


def _panel(account: Account, span: tuple[float, float], *, labelled: bool) -> Spec:
    axis = time_axis(*span, "the leak", labelled=labelled) | {"grid": True, "domain": labelled}
    x = number("m", scale={"domain": list(span), "nice": False, "zero": False}, axis=axis)
    found = marks(account)
    labels = laid_out(_timed(found, *span), *span, WIDTH)
    depth = max((label.row for label in labels), default=0)
    y = number("y", axis=None, scale={"domain": [depth + 1.4, -0.7]})
    layers = [
        unit([{"m": start, "m2": end, "y": 0}], "rule", style, x=x, x2={"field": "m2"}, y=y)
        for start, end, style in _segments(account)
    ]
    layers += [
        unit([{"m": mark.minute, "y": 0}], "point", _POINT | {"shape": _SHAPES[mark.name]}, x=x, y=y) for mark in found
    ]
    layers += [
        unit(
            [{"m": label.minute, "y": label.row + 0.95, "text": label.text}],
            "text",
            {"align": "right" if label.flipped else "left"},
            x=x,
            y=y,
            text=word("text"),
        )
        for label in labels
    ]
    return layered(layers, (WIDTH, 30 + 15 * (depth + 1)), _heading(account))


def _timed(found: list[Mark], first: float, last: float) -> list[Mark]:
    """The marks with their time before the name, as fine as the axis; those of one time share it."""
    shown = to_the_second if axis_unit(first, last) == "h:min:s" else on_the_clock
    timed: dict[str, Mark] = {}
    for mark in found:
        at = shown(mark.minute * 60)
        timed[at] = (
            Mark(timed[at].minute, f"{timed[at].name}, {mark.name}")
            if at in timed
            else Mark(mark.minute, f"{at} {mark.name}")
        )
    return list(timed.values())


def _segments(account: Account) -> list[tuple[float, float, Spec]]:
    """The stretches between the clocks, in minutes; undetected, the first runs to the last accepted."""
    found = []
    for since, until, style in _SEGMENTS:
        start, end = getattr(account.ledger, since), getattr(account.ledger, until)
        if end is None and since == "leaked_at":
            end = account.ledger.last_accepted_at
        if start is not None and end is not None and end > start:
            found.append((account.minute(start), account.minute(end), style))
    return found


def _heading(account: Account) -> str:
    stop = account.ledger.time_to_stop
    return f"{account.policy.name}: " + (
        "not stopped within the run" if stop is None else f"stopped after {in_words(stop)}"
    )


def _title(accounts: Sequence[Account]) -> str:
    stops = [
        (account.ledger.time_to_stop, account.policy.name)
        for account in accounts
        if account.ledger.leaked_at is not None
    ]
    known = [(stop, name) for stop, name in stops if stop is not None]
    if not known:
        return "The leak was not stopped within the run"
    if len(stops) == 1:
        return f"The leak was stopped after {in_words(known[0][0])}"
    soonest = in_words(min(known)[0])
    names = [name for stop, name in known if in_words(stop) == soonest]
    if len(names) == len(stops):
        return f"First run of each policy: each stopped the leak after {soonest}"
    return f"First run of each policy: {' and '.join(names)} stopped the leak first, after {soonest}"


def _spoken(account: Account) -> str:
    clocks = ", ".join(f"{mark.name} at {to_the_second(mark.minute * 60)}" for mark in marks(account))
    return f"{account.policy.name}: {clocks}"
