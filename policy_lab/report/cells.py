"""Figures of the ledger as the cells of a table."""

from __future__ import annotations

from msgspec import Struct

from policy_lab.estimates import Estimate

from .account import Account
from .measures import Measure
from .times import NEVER, in_words, to_the_second

MINUS = "−"


class Cell(Struct):
    """What stands in a cell: the figure, and a smaller line under it where there is more to say."""

    text: str
    note: str = ""


def value(account: Account, measure: Measure, found: float | None) -> str:
    """One figure of one run, with its unit."""
    if found is None:
        return NEVER
    if measure.unit == "instant":
        return to_the_second(found - account.zero)
    return amount(measure, found)


def amount(measure: Measure, found: float, *, rounded: bool = True) -> str:
    """A figure with its unit; means keep one decimal where that says something."""
    if measure.unit == "seconds":
        return in_words(found)
    digits = 0 if rounded or abs(found) >= 100 or found == int(found) else 1
    text = f"{found:,.{digits}f}".replace("-", MINUS)
    return f"{text} min" if measure.unit == "minutes" else text


def cell(account: Account, measure: Measure) -> Cell:
    """One policy's cell of the ledger table: the mean over replications, and the first run under it."""
    first = value(account, measure, getattr(account.ledger, measure.name))
    if account.replications < 2:
        return Cell(first)
    if measure.unit == "instant":
        return Cell(first, "first run")
    return Cell(mean(measure, account.estimated(measure.name)), f"first run: {first}")


def mean(measure: Measure, found: Estimate) -> str:
    """`143.2 ± 3.1`, with the number of runs where some had no value."""
    if found.mean is None:
        return NEVER
    text = amount(measure, found.mean, rounded=False)
    if found.half_width:
        # The unit stands once, at the end; spans in words need theirs on both sides.
        text = text.removesuffix(" min") if measure.unit == "minutes" else text
        text += f" ± {amount(measure, found.half_width, rounded=False)}"
    return text + (f" ({found.replications} of {found.replications + found.missing} runs)" if found.missing else "")


def difference(measure: Measure, found: Estimate) -> str:
    """A signed difference with its half-width."""
    if found.mean is None:
        return "–"
    return ("+" if found.mean > 0 else "") + mean(measure, found)
