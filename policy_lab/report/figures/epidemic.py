"""The epidemic curve: visitors, submissions, renders and refusals over time, the phases shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from policy_lab.report.account import Account
from policy_lab.report.times import bin_width, in_words
from policy_lab.report.traffic import counts

from .theme import (
    STRANGERS,
    TESTERS,
    WIDTH,
    Figure,
    finished,
    phase_bands,
    phase_names,
    time_x,
    whole_numbers,
)
from .vega import Rows, Spec, layered, stacked, unit

_STYLES: dict[str, tuple[str, Spec]] = {
    "strangers": ("area", {"interpolate": "step-after", "color": STRANGERS, "fillOpacity": 0.55,
                           "line": {"color": STRANGERS, "strokeWidth": 0.9}}),
    "testers": ("line", {"interpolate": "step-after", "color": TESTERS, "strokeWidth": 1.3, "strokeDash": [4, 2]}),
}


class Curve(NamedTuple):
    """One panel: its name, what strangers did, and what testers did where that belongs beside it."""

    name: str
    strangers: Sequence[float]
    testers: Sequence[float] = ()


def epidemic(account: Account, name: str) -> Figure:
    """The epidemic curve of one run, as small multiples on one time axis."""
    width = bin_width(account.end - account.start)
    bins = max(1, round((account.end - account.start) / width))
    curves = _curves(account)
    rows = _rows(account, curves, width, bins)
    per = "minute" if width == 60 else in_words(width)
    panels = [
        _panel(account, curve, rows, labelled=curve is curves[-1], per=per) for curve in curves
    ]
    title = _title(account, width, bins)
    return Figure(
        name, title,
        f"Bars count events per {per}; grey grounds, from light to dark, are the phases leak → first misuse → detected"
        " → decided → last accepted. Every panel has its own scale; a dashed line is the innocent testers.",
        f"{title}. Panels, each per {per} over time: {', '.join(curve.name.lower() for curve in curves)}.",
        finished(stacked([*phase_names(account), *panels]), title), rows,
    )


def _curves(account: Account) -> list[Curve]:
    """The panels that have something to show, and always the requests that were let in."""
    traffic = account.traffic
    candidates = [
        Curve("Visitors at the front end", traffic.visitors),
        Curve("Submissions to the front end", traffic.submissions),
        Curve("Renders started for strangers", traffic.stranger_renders),
        Curve("Requests refused", traffic.stranger_refusals, traffic.tester_refusals),
    ]
    if not traffic.visitors:
        candidates.insert(0, Curve("Requests let in", traffic.stranger_requests, traffic.tester_requests))
    return [curve for curve in candidates if curve.strangers or curve.testers] or candidates[:1]


def _rows(account: Account, curves: list[Curve], width: float, bins: int) -> Rows:
    minutes = [account.minute(account.start + index * width) for index in range(bins + 1)]
    rows: Rows = []
    for curve in curves:
        for who, instants in (("strangers", curve.strangers), ("testers", curve.testers)):
            if not instants:
                continue
            found = counts(instants, account.start, width, bins)
            rows += [
                {"panel": curve.name, "who": who, "m": minute, "n": count}
                for minute, count in zip(minutes, [*found, found[-1]], strict=True)
            ]
    return rows


def _panel(account: Account, curve: Curve, rows: Rows, *, labelled: bool, per: str) -> Spec:
    mine = {who: [row for row in rows if row["panel"] == curve.name and row["who"] == who] for who in _STYLES}
    x = time_x(account, labelled=labelled)
    layers = [
        *phase_bands(account),
        *(unit(found, *_STYLES[who], x=x, y=whole_numbers()) for who, found in mine.items() if found),
    ]
    beside = " (filled: strangers, dashed: testers)" if curve.testers else ""
    return layered(layers, (WIDTH, 64), f"{curve.name} per {per}{beside}")


def _title(account: Account, width: float, bins: int) -> str:
    """What the curve shows, in words."""
    traffic = account.traffic
    for instants, what in ((traffic.visitors, "visitors"), (traffic.stranger_requests, "strangers’ requests")):
        if instants:
            found = counts(instants, account.start, width, bins)
            top = max(found)
            at = in_words(account.start + found.index(top) * width - account.zero)
            span = "minute" if width == 60 else in_words(width)
            return f"{len(instants):,} {what}; the busiest {span} came {at} after {account.counted_from} with {top:,}"
    return "No stranger came"


