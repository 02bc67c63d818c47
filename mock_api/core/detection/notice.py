"""Somebody says so."""

from __future__ import annotations

from collections.abc import Iterator

from mock_api.core.events import LeakReported
from mock_api.core.policy import NoticeDetector

from .watcher import REARM

Target = tuple[str | None, str | None]  # (jti, tester_id) as the reports name it; (None, None): nobody
WHO_SAYS = {"reviewer": "reviewer's notice", "leak_report": "leak report", "public": "public notice"}


class Notices:
    """Counts reports by detector and by whom they name; a detector speaks at `notices` about the same one.

    Told, not measured: secret scanners, reviewers and the public end more leaks than statistics do
    (GitHub's secret scanning partner programme works this way). It speaks once per `REARM` about the same
    target; reports that come meanwhile count towards the next time. Grows by one entry per target that
    somebody reported.
    """

    def __init__(self, detectors: tuple[NoticeDetector, ...]) -> None:
        self.detectors = detectors
        self.counts: dict[tuple[str, Target], int] = {}
        self.quiet_until: dict[tuple[str, Target], float] = {}

    def take(self, report: LeakReported) -> None:
        """Count `report` for every detector that listens to its source."""
        for detector in self.detectors:
            if detector.source == report.source:
                key = (detector.name, (report.jti, report.tester_id))
                self.counts[key] = self.counts.get(key, 0) + 1

    def speaking(self, report: LeakReported, now: float) -> Iterator[tuple[str, str]]:
        """Each detector (its name) that speaks because of `report`, with its evidence."""
        for detector in self.detectors:
            key = (detector.name, (report.jti, report.tester_id))
            count = self.counts.get(key, 0)
            loud = count >= detector.notices and now >= self.quiet_until.get(key, 0.0)
            if detector.source == report.source and loud:
                yield detector.name, _evidence(report, count)

    def hush(self, name: str, target: Target, at: float) -> None:
        """Note that detector `name` spoke about `target` at `at`."""
        if (name, target) in self.counts:
            self.counts[name, target] = 0
            self.quiet_until[name, target] = at + REARM


def _evidence(report: LeakReported, count: int) -> str:
    said = WHO_SAYS[report.source]
    said = f"a {said} names" if count == 1 else f"{count} {said}s name"
    whom = "this token" if report.jti else "this tester" if report.tester_id else "nobody"
    where = f" ({report.url})" if report.url else ""
    return f"{said} {whom}{where}"
