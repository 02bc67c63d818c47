"""The epidemic curve: visitors, submissions, renders and refusals over time, the phases shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from policy_lab.report.account import Account
from policy_lab.report.grid import Grid, grid_over
from policy_lab.report.times import in_words

from .theme import STRANGERS, TESTERS, WIDTH, Figure, finished, phase_bands, phase_names, time_x, whole_numbers
from .vega import Spec, layered, stacked, unit

_FILLED: Spec = {
    "interpolate": "step-after",
    "color": STRANGERS,
    "fillOpacity": 0.55,
    "line": {"color": STRANGERS, "strokeWidth": 0.9},
}
_OUTLINED: Spec = {"interpolate": "step-after", "color": TESTERS, "strokeWidth": 1}


class Curve(NamedTuple):
    """One panel: its name, what strangers did, and what testers did where that belongs beside it."""

    name: str
    strangers: Sequence[float]
    testers: Sequence[float] = ()


def epidemic(account: Account, name: str) -> Figure:
    """The epidemic curve of one run, as small multiples on one time axis."""
    grid, curves = grid_over(account), _curves(account)
    columns = {curve.name: grid.counts(curve.strangers) for curve in curves}
    columns |= {f"{curve.name}, testers": grid.counts(curve.testers) for curve in curves if curve.testers}
    title = _title(account, grid)
    panels = [_panel(account, grid, curve, labelled=curve is curves[-1]) for curve in curves]
    phases = (
        " Grounds, light to dark, are the phases leak → first misuse → detected → decided → last accepted."
        if account.ledger.leaked_at is not None
        else ""
    )
    return Figure(
        name,
        title,
        f"Steps count events per {grid.each}; every panel has its own scale.{phases}",
        f"{title}. Panels, each per {grid.each}: {', '.join(curve.name.lower() for curve in curves)}.",
        finished(stacked([*phase_names(account), *panels]), title),
        grid.table(columns),
    )


def _curves(account: Account) -> list[Curve]:
    """The panels that have something to show; where there is no front end, the requests that were let in."""
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


def _panel(account: Account, grid: Grid, curve: Curve, *, labelled: bool) -> Spec:
    strangers, testers = grid.counts(curve.strangers), grid.counts(curve.testers)
    x, y = time_x(account, labelled=labelled), whole_numbers(max(*strangers, *testers, 1))
    layers = phase_bands(account)
    if curve.strangers:
        layers.append(unit(grid.steps(strangers), "area", _FILLED, x=x, y=y))
    if curve.testers or not curve.strangers:
        layers.append(unit(grid.steps(testers), "line", _OUTLINED, x=x, y=y))
    return layered(layers, (WIDTH, 64), f"{curve.name} per {grid.each}{_whose(curve)}")


def _whose(curve: Curve) -> str:
    """Whose requests a panel shows, where it might be either's."""
    if curve.strangers and curve.testers:
        return " (filled: strangers; line: testers)"
    if curve.testers:
        return " (testers)"
    return " (strangers)" if curve.name.startswith("Requests") else ""


def _title(account: Account, grid: Grid) -> str:
    """What the curve shows, in words."""
    traffic, since = account.traffic, account.counted_from
    for instants, what in ((traffic.visitors, "visitors"), (traffic.stranger_requests, "strangers’ requests")):
        if instants:
            found = grid.counts(instants)
            top = max(found)
            after = in_words(grid.start + found.index(top) * grid.width - account.zero)
            return f"{len(instants):,} {what}; the busiest {grid.each} came {after} after {since} with {top:,}"
    if traffic.stranger_refusals:
        return f"Strangers tried {len(traffic.stranger_refusals):,} times and were never let in"
    return f"No stranger came; testers made {len(traffic.tester_requests):,} requests"
