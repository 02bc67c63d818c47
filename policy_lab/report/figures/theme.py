"""How all figures look: one font, three inks, dashes and shapes beside every colour, times in h:min."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from policy_lab.report.account import Account
from policy_lab.report.phases import bands, laid_out, marks
from policy_lab.report.times import axis_unit, on_axis, ticks

from .vega import Rows, Spec, layered, number, unit, word

WIDTH, AXIS_ROOM = 715, 38  # pixels: the plotting area, and what a vertical axis takes at its left
# Liberation Sans and Arial have the same widths: texts fit where the picture was drawn and where it is shown.
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"

INK, MUTED, RULE = "#1b2733", "#5a6672", "#d3d9df"
STRANGERS, TESTERS, THIRD = "#c2490a", "#0a64a4", "#3d7a5d"  # apart for the colour-blind, and in grey
POLICY_COLOURS = (INK, STRANGERS, TESTERS, THIRD, "#8a5a9e", "#7a6a1f")
POLICY_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
CLOCK_RULE = {"color": MUTED, "strokeDash": [2, 2], "strokeWidth": 0.8}


class Figure(Struct):
    """A figure: file name, title that says the finding, how to read it, words for the blind, spec, data.

    `svg` and `png` are filled in by the conversion.
    """

    name: str
    title: str
    reading: str
    alt: str
    spec: Spec
    rows: Rows
    svg: str = ""
    png: bytes = b""


def finished(chart: Spec, title: str) -> Spec:
    """The chart with its title, in the house style."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": wrapped(title), "anchor": "start", "fontSize": 15, "fontWeight": "bold", "offset": 12},
        "background": "transparent",
        "padding": 4,
        "config": _CONFIG,
        **chart,
    }


def wrapped(text: str, width: int = 98) -> list[str]:
    """The text in lines of at most `width` characters."""
    lines = [""]
    for piece in text.split():
        if lines[-1] and len(lines[-1]) + len(piece) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {piece}".strip()
    return lines


def time_axis(first: float, last: float, since: str, *, labelled: bool = True) -> Spec:
    """The axis of a time from `first` to `last`, in minutes, labelled at round ones."""
    stops, counted = ticks(first, last), axis_unit(first, last)
    named = " : ".join(f"abs(datum.value - {stop:.4f}) < 0.001 ? '{on_axis(stop, counted)}'" for stop in stops)
    return {
        "grid": False,
        "labels": labelled,
        "ticks": labelled,
        "values": stops,
        "labelExpr": f"{named} : ''" if named else "''",
        "title": f"time since {since} ({counted})" if labelled else None,
    }


def time_x(account: Account, *, labelled: bool = True) -> Spec:
    """The horizontal channel of a figure in time: field `m`, minutes since the leak, over the whole run."""
    first, last = account.minute(account.start), account.minute(account.end)
    return number(
        "m",
        scale={"domain": [first, last], "nice": False, "zero": False},
        axis=time_axis(first, last, account.counted_from, labelled=labelled),
    )


def whole_numbers(top: float, field: str = "n") -> Spec:
    """The vertical channel of counts up to `top`, labelled at whole numbers."""
    stops = round_stops(top)
    return number(
        field,
        title=None,
        axis={"values": stops, "format": ",d"},
        scale={"domain": [0, max(top, stops[-1])], "nice": False},
    )


def round_stops(top: float, most: int = 3) -> list[int]:
    """From 0 up to about `top` in at most `most` steps of 1, 2 or 5 times a power of ten; at least [0, 1]."""
    steps = (size * 10**power for power in range(12) for size in (1, 2, 5))
    step = next(step for step in steps if top <= step * (most + 0.5))
    return [step * index for index in range(max(1, int(top // step)) + 1)]


def no_y_axis() -> Spec:
    """A vertical axis that shows nothing and takes the room of one, so that panels line up."""
    return {"labels": False, "ticks": False, "domain": False, "grid": False, "title": None}


def with_halo(text: Spec) -> list[Spec]:
    """A layer of text over a paper-coloured copy of itself: legible on lines and grounds."""
    style = text["mark"] | {"color": "white", "stroke": "white", "strokeWidth": 3, "strokeOpacity": 0.8}
    return [text | {"mark": style}, text]


def phase_bands(account: Account) -> list[Spec]:
    """The phases as grey grounds and the clocks as thin rules: layers to put under a panel."""
    grounds: Rows = [{"m": band.start, "m2": band.end, "shade": band.shade} for band in bands(account)]
    edges: Rows = [{"m": mark.minute} for mark in marks(account)]
    return [
        unit(grounds, "rect", {"color": INK}, x=number("m"), x2={"field": "m2"}, opacity=number("shade", scale=None)),
        unit(edges, "rule", CLOCK_RULE, x=number("m")),
    ]


def phase_names(account: Account) -> list[Spec]:
    """The strip over a figure that names the clocks where they stand; none where nothing leaked."""
    found = marks(account)
    if not found:
        return []
    labels = laid_out(found, account.minute(account.start), account.minute(account.end), WIDTH)
    rows = 1 + max(label.row for label in labels)
    y = number("row", axis=None, scale={"domain": [rows - 0.5, -0.5]})
    x = time_x(account, labelled=False) | {"axis": None}
    layers = [unit([{"m": mark.minute} for mark in found], "rule", CLOCK_RULE, x=x)]
    for flipped in (False, True):
        mine: Rows = [
            {"m": label.minute, "row": label.row, "text": label.text} for label in labels if label.flipped == flipped
        ]
        style = {
            "align": "right" if flipped else "left",
            "dx": -3 if flipped else 3,
            "fontStyle": "italic",
            "baseline": "middle",
        }
        layers.append(unit(mine, "text", style, x=x, y=y, text=word("text")))
    return [layered(layers, (WIDTH, 15 * rows))]


_CONFIG: dict[str, Any] = {
    "font": FONT,
    "aria": False,
    "view": {"stroke": None},
    "title": {"color": INK},
    "axis": {
        "labelColor": INK,
        "titleColor": MUTED,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "domainColor": MUTED,
        "tickColor": MUTED,
        "gridColor": RULE,
        "gridWidth": 0.6,
        "tickSize": 4,
        "labelPadding": 4,
        "titlePadding": 6,
    },
    "axisY": {"domain": False, "ticks": False, "minExtent": AXIS_ROOM},
    "axisX": {"labelFlush": False, "labelOverlap": "greedy"},
    "text": {"color": INK, "fontSize": 11},
}
