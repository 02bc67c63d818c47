"""From Vega-Lite to SVG and PNG."""

from __future__ import annotations

import re
from collections.abc import Iterable

import vl_convert

from .theme import Figure

_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")
_PNG_SCALE = 2.0  # pixels per figure pixel: sharp on a slide


def convert(figures: Iterable[Figure]) -> None:
    """Fill in `svg` and `png` of every figure."""
    for figure in figures:
        figure.svg = _shortened(_own_ids(vl_convert.vegalite_to_svg(figure.spec), figure.name))
        # A figure on its own stands on white; on the page it takes the page's ground.
        paper = figure.svg.replace(">", '><rect width="100%" height="100%" fill="white"/>', 1)
        figure.png = vl_convert.svg_to_png(paper, scale=_PNG_SCALE)


def _own_ids(svg: str, name: str) -> str:
    """Give ids of clip paths and gradients the figure's name: several figures stand on one page."""
    return re.sub(r'(\bid="|url\(#)', rf"\1{name}-", svg)


def _shortened(svg: str) -> str:
    """Cut numbers to hundredths of a pixel: the digits after them are half of a drawing. Texts stay."""
    return re.sub(r"<[^>]*>", lambda tag: _LONG_NUMBER.sub(_rounded, tag[0]), svg)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
