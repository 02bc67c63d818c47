"""The figures of a report: Vega-Lite, converted by vl-convert without a browser."""

from __future__ import annotations

from collections.abc import Sequence

from policy_lab.report.account import Account

from .approvals import approvals
from .clocks import timeline
from .comparison import comparison
from .conversion import convert
from .epidemic import epidemic
from .queues import queues
from .spread import spread
from .theme import Figure

__all__ = ["Figure", "drawn"]


def drawn(accounts: Sequence[Account], slugs: Sequence[str]) -> tuple[list[Figure], list[list[Figure]]]:
    """The figures about all policies, and those of each policy; `slugs` are their names in file names.

    Every figure comes with its SVG and PNG.
    """
    shared = [timeline(accounts, "clocks"), comparison(accounts, "comparison")]
    own = [
        [
            epidemic(account, f"epidemic{slug}"), spread(account, f"spread{slug}"), queues(account, f"queues{slug}"),
            approvals(account, f"approvals{slug}"),
        ]
        for account, slug in zip(accounts, slugs, strict=True)
    ]
    convert([*shared, *(figure for figures in own for figure in figures)])
    return shared, own
