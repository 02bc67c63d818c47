"""Spans and instants in words a person reads: `3 h 12 min`, `3:12`, `not yet`."""

from __future__ import annotations

from typing import Literal

MINUTE, HOUR, DAY = 60, 3600, 86400
NEVER = "not yet"

AxisUnit = Literal["h:min:s", "h:min", "days"]

# Ticks a person can add up, in minutes: 10 s … 1 week.
_STEPS = (1 / 6, 1 / 2, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)


def axis_unit(first: float, last: float) -> AxisUnit:
    """How an axis from `first` to `last` (minutes) counts: up to ten minutes by the second, over days by the day."""
    if last - first <= 10:
        return "h:min:s"
    stops = ticks(first, last)
    return "days" if len(stops) > 1 and stops[1] - stops[0] >= 1440 else "h:min"


def on_axis(minutes: float, unit: AxisUnit) -> str:
    """What stands at a tick of a time axis: `3:30`, `3:30:10` or `2 d`."""
    if unit == "days":
        return f"{minutes / 1440:g} d".replace("-", "−")
    return to_the_second(round(minutes * MINUTE)) if unit == "h:min:s" else on_the_clock(round(minutes * MINUTE))


def in_words(seconds: float | None) -> str:
    """A span in its two largest units, rounded to the smaller one; `not yet` for None."""
    if seconds is None:
        return NEVER
    if seconds < 0:
        return "−" + in_words(-seconds)
    if 0 < seconds < 0.5:
        return "under 1 s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < 10 * MINUTE:
        return _two(whole, MINUTE, "min", "s")
    if whole < DAY:
        return _two(round(seconds / MINUTE), 60, "h", "min")
    days = round(seconds / HOUR) // 24
    return _two(round(seconds / HOUR), 24, "day" if days == 1 else "days", "h")


def on_the_clock(seconds: float | None) -> str:
    """Hours and minutes since an instant, `3:07`, after a day `1 d 3:07`; `not yet` for None."""
    if seconds is None:
        return NEVER
    whole = round(abs(seconds) / MINUTE) * MINUTE
    return _signed_days(seconds, whole) + f"{whole % DAY // HOUR}:{whole // MINUTE % 60:02d}"


def to_the_second(seconds: float | None) -> str:
    """Hours, minutes and seconds since an instant, `3:07:09`; `not yet` for None."""
    if seconds is None:
        return NEVER
    whole = round(abs(seconds))
    return _signed_days(seconds, whole) + f"{whole % DAY // HOUR}:{whole // MINUTE % 60:02d}:{whole % 60:02d}"


def _signed_days(seconds: float, whole: int) -> str:
    """What stands before the hours: the sign, and the full days if there are any."""
    sign = "−" if seconds < 0 and whole else ""
    return f"{sign}{whole // DAY} d " if whole >= DAY else sign


def time_of_day(at: float) -> str:
    """The hour and minute of an epoch instant of the virtual clock, `08:30`."""
    minutes = int(at % DAY) // MINUTE
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def ticks(first: float, last: float, count: int = 8) -> list[float]:
    """Minutes at which an axis from `first` to `last` is labelled: at most `count` + 1 round ones."""
    wide = max(last - first, 1e-9)
    step = next((step for step in _STEPS if wide / step <= count), _STEPS[-1])
    start = -(-first // step)
    return [step * (start + index) for index in range(int((last - start * step) // step) + 1)]


def bin_width(span: float, most: int = 420) -> float:
    """Seconds per bar so that `span` seconds need at most `most` bars; never under a minute."""
    steps = (MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY)
    return float(next((step for step in steps if span / step <= most), 7 * DAY))


def per(width: float) -> str:
    """A bin of `width` seconds as it follows “per” or “each”: `minute`, `5 min`, `hour`, `day`."""
    return {MINUTE: "minute", HOUR: "hour", DAY: "day"}.get(int(width)) or in_words(width)


def _two(whole: int, size: int, large: str, small: str) -> str:
    """`whole` small units as large and small ones, leaving out a zero."""
    units, rest = divmod(whole, size)
    if not units:
        return f"{rest} {small}"
    return f"{units} {large} {rest} {small}" if rest else f"{units} {large}"
