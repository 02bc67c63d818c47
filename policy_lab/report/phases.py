"""The phases of an incident, and where its five clocks stand, ready to be drawn."""

from __future__ import annotations

from typing import NamedTuple

from .account import Account

CLOCKS = (
    ("leaked_at", "leaked"),
    ("first_misuse_at", "first misuse"),
    ("detected_at", "detected"),
    ("decided_at", "decided"),
    ("last_accepted_at", "last accepted"),
)

_CHARACTER = 6.1  # pixels of an 11 px letter, on average


class Mark(NamedTuple):
    """One of the five clocks: minutes since the leak, and its name."""

    minute: float
    name: str


class Band(NamedTuple):
    """A phase between two clocks, in minutes; `shade` is the opacity of its ground."""

    start: float
    end: float
    shade: float


class Label(NamedTuple):
    """A text at a minute, in the row that keeps it clear of others; it runs to the left if `flipped`."""

    minute: float
    text: str
    row: int
    flipped: bool


def marks(account: Account) -> list[Mark]:
    """The clocks that were reached, in the order of time."""
    reached = [(getattr(account.ledger, field), name) for field, name in CLOCKS]
    return sorted(
        (Mark(account.minute(at), name) for at, name in reached if at is not None), key=lambda mark: mark.minute
    )


def bands(account: Account) -> list[Band]:
    """Leak → first misuse → detected → decided → last accepted: the darker, the nearer to the end."""
    edges = [mark.minute for mark in marks(account)]
    shades = (0.04, 0.08, 0.13, 0.19)
    return [Band(start, end, shade) for start, end, shade in zip(edges, edges[1:], shades, strict=False) if end > start]


def laid_out(found: list[Mark], first: float, last: float, width: float) -> list[Label]:
    """Put the marks' names on as few rows as keep them apart on an axis that is `width` pixels wide."""
    scale = width / max(last - first, 1e-9)
    ends: list[float] = []
    labels = []
    for minute, text in _joined(found, 3 / scale):
        at = (minute - first) * scale
        size = len(text) * _CHARACTER + 8
        flipped = at + size > width
        left = at - size if flipped else at
        row = next((row for row, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [left + size]
        labels.append(Label(minute, text, row, flipped))
    return labels


def _joined(found: list[Mark], gap: float) -> list[Mark]:
    """Marks closer than `gap` minutes become one."""
    joined: list[Mark] = []
    for mark in found:
        if joined and mark.minute - joined[-1].minute < gap:
            joined[-1] = Mark(joined[-1].minute, f"{joined[-1].name}, {mark.name}")
        else:
            joined.append(mark)
    return joined
