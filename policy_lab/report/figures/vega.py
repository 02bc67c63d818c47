"""The few Vega-Lite forms the figures use, as plain specs.

They are written by hand, not through altair's classes: those copy every object at every step, and took longer
to put the figures together than it takes to draw them. Tests hold each spec against altair's schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Rows = list[dict[str, Any]]
Spec = dict[str, Any]


def unit(rows: Sequence[dict[str, Any]], mark: str, style: Spec, **channels: Spec) -> Spec:
    """One layer: rows, a mark with its style, and what its channels show."""
    return {
        "data": {"values": list(rows)},
        "mark": {"type": mark, **style},
        "encoding": {name: channel for name, channel in channels.items() if channel},
    }


def number(field: str, **more: Any) -> Spec:
    """A channel that shows a number."""
    return {"field": field, "type": "quantitative", **more}


def word(field: str, **more: Any) -> Spec:
    """A channel that shows a name or a text."""
    return {"field": field, "type": "nominal", **more}


def layered(layers: Sequence[Spec], size: tuple[float, float], title: str | None = None) -> Spec:
    """Layers on one pair of scales; `size` is width and height in pixels, `title` the panel's small title."""
    spec: Spec = {"layer": list(layers), "width": size[0], "height": size[1]}
    if title is not None:
        spec["title"] = {
            "text": title,
            "anchor": "start",
            "fontSize": 11.5,
            "fontWeight": "normal",
            "frame": "group",
            "offset": 4,
        }
    return spec


def stacked(panels: Sequence[Spec], spacing: float = 10) -> Spec:
    """Panels one over the other."""
    return {"vconcat": list(panels), "spacing": spacing}


def side_by_side(panels: Sequence[Spec], spacing: float = 14) -> Spec:
    """Panels beside each other."""
    return {"hconcat": list(panels), "spacing": spacing}
