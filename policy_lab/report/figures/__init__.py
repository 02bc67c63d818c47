"""The figures of a report: Vega-Lite, converted by vl-convert without a browser."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from policy_lab.report.account import Account, leaked

from .approvals import approvals
from .clocks import timeline
from .comparison import comparison
from .conversion import PAPER, convert
from .epidemic import epidemic
from .gates import gates
from .queues import queues
from .spread import spread
from .theme import Figure

__all__ = ["PAPER", "ChapterFigures", "Drawn", "Figure", "drawn"]


class ChapterFigures(Struct):
    """The figures of one policy's first run; no `spread` where no stranger came, no `gates` without any."""

    epidemic: Figure
    spread: Figure | None
    queues: Figure
    approvals: Figure
    gates: Figure | None


class Drawn(Struct):
    """All figures of a report; no `timeline` where nothing leaked."""

    timeline: Figure | None
    comparison: Figure
    chapters: list[ChapterFigures]

    def every(self) -> list[Figure]:
        """The figures in the order of the page."""
        own = [
            figure
            for chapter in self.chapters
            for figure in (chapter.epidemic, chapter.spread, chapter.queues, chapter.approvals, chapter.gates)
        ]
        return [figure for figure in (self.timeline, self.comparison, *own) if figure is not None]


def drawn(accounts: Sequence[Account], slugs: Sequence[str]) -> Drawn:
    """Draw everything, with SVG and PNG; `slugs` tell the policies apart in file names."""
    chapters = [
        ChapterFigures(
            epidemic(account, f"epidemic{slug}"),
            spread(account, f"spread{slug}") if account.spread.origins or account.spread.clips else None,
            queues(account, f"queues{slug}"),
            approvals(account, f"approvals{slug}"),
            gates(account, f"gates{slug}") if account.gates.lags else None,
        )
        for account, slug in zip(accounts, slugs, strict=True)
    ]
    timed = timeline(accounts, "clocks") if leaked(accounts) else None
    figures = Drawn(timed, comparison(accounts, "comparison"), chapters)
    convert(figures.every())
    return figures
