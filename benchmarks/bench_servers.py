"""Which ASGI server: the same gated API on uvicorn (which the product installs) and on granian."""

from __future__ import annotations

from statistics import median

from .rows import Row
from .wrk import take_turns


def measure() -> list[Row]:
    """uvicorn over granian: requests per second, and the same by processor time."""
    figures = take_turns([("gate", "uvicorn"), ("gate", "granian")])
    pairs = list(zip(figures["gate", "uvicorn"], figures["gate", "granian"], strict=True))
    return [
        Row("uvicorn / granian: requests", median(a[0] / b[0] for a, b in pairs)),
        Row("uvicorn / granian: by processor time", median(b[1] / a[1] for a, b in pairs)),
    ]
