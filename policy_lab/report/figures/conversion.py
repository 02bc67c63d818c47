"""From Vega-Lite to SVG and PNG."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

import vl_convert

from .painting import Painter
from .theme import Figure

# A figure on its own stands on white; on the page this is left out and it takes the page's ground.
PAPER = '<rect class="paper" width="100%" height="100%" fill="white"/>'

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")


def convert(figures: Iterable[Figure]) -> None:
    """Fill in `svg` and `png` of every figure."""
    figures = list(figures)
    with Painter() as painter:
        for figure in figures:
            figure.svg = _drawn(figure)
            painter.paint(figure.svg)
        for figure, png in zip(figures, painter.pictures(), strict=True):
            figure.png = png


def _drawn(figure: Figure) -> str:
    svg = _plain(_own_ids(vl_convert.vegalite_to_svg(_writable(figure.spec)), figure.name))
    label = escape(_NOT_XML.sub("", figure.alt), quote=True)
    return svg.replace(">", f' role="img" aria-label="{label}">{PAPER}', 1)


def _writable(spec: Any) -> Any:
    """The spec without the characters that XML cannot hold: the converter does not survive them."""
    if isinstance(spec, str):
        return _NOT_XML.sub("", spec)
    if isinstance(spec, list):
        return [_writable(part) for part in spec]
    if isinstance(spec, dict):
        return {name: _writable(part) for name, part in spec.items()}
    return spec


def _own_ids(svg: str, name: str) -> str:
    """Give ids of clip paths and gradients the figure's name: several figures stand on one page."""
    return re.sub(r'(\bid="|url\(#)', rf"\1{name}-", svg)


def _plain(svg: str) -> str:
    """Cut numbers to hundredths of a pixel and leave out the parts' roles: that is half of a drawing. Texts stay."""
    return re.sub(r"<[^>]*>", lambda tag: _ROLE.sub("", _LONG_NUMBER.sub(_rounded, tag[0])), svg)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
