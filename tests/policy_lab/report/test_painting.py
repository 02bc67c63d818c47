"""Pictures are painted elsewhere, in order, and a failure is told."""

from __future__ import annotations

import pytest

from policy_lab.report.figures.painting import Painter

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="10"><rect width="{0}" height="10" fill="red"/></svg>'


def _width(png: bytes) -> int:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20], "big")


def test_pictures_come_in_the_order_of_the_drawings() -> None:
    with Painter() as painter:
        for width in (10, 30, 20):
            painter.paint(SVG.format(width))
        pictures = painter.pictures()
    assert [_width(png) for png in pictures] == [15, 45, 30]


def test_no_drawings_are_no_pictures() -> None:
    with Painter() as painter:
        assert painter.pictures() == []


def test_a_drawing_that_is_none_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with Painter() as painter:
        painter.paint("this is no drawing")
        with pytest.raises(RuntimeError, match="could not be painted"):
            painter.pictures()
    assert capfd.readouterr().err


def test_whoever_stops_half_way_leaves_no_process_behind() -> None:
    painter = Painter()
    with pytest.raises(KeyboardInterrupt):
        _stop_half_way(painter)
    assert painter._process.returncode is not None


def _stop_half_way(painter: Painter) -> None:
    with painter:
        painter.paint(SVG.format(10))
        raise KeyboardInterrupt
