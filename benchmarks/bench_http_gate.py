"""What the gate costs over HTTP: requests per second of `GET /v1/videos/{id}` with a good token.

`http_variants` says what the four servers are. The ratios are medians over interleaved rounds: of one round's
numbers, so that a noisy neighbour hits both. On a busy machine look at the ratio of processor time as well, which
neighbours hardly change.
"""

from __future__ import annotations

from statistics import median

from .rows import Row
from .wrk import take_turns

VARIANTS = ("gate", "open", "bare", "constant")
TARGETS = {"open": 0.85, "bare": 1.0, "constant": None}


def measure() -> list[Row]:
    """The gated API over each of the others: requests per second, and the same by processor time."""
    figures = take_turns([(variant, "uvicorn") for variant in VARIANTS])
    gate = figures["gate", "uvicorn"]
    rows = []
    for other, target in TARGETS.items():
        pairs = list(zip(gate, figures[other, "uvicorn"], strict=True))
        rows.append(Row(f"http gate / {other}: requests", median(a[0] / b[0] for a, b in pairs), target))
        rows.append(Row(f"http gate / {other}: by processor time", median(b[1] / a[1] for a, b in pairs)))
    return rows
