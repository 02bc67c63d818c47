"""What notices: detectors over what an operator can really see: requests on good tokens and what people report.

A request that only the rate limit refused counts as well: whoever hammers at the limit is to be noticed.

No detector knows who a stranger is. A detector speaks about a token at most once per `watcher.REARM`; if the
pattern still holds when that time is up, it speaks again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mock_api.core.errors import RateLimited
from mock_api.core.events import AlertRaised, LeakReported, PolicyAdopted, RequestAdmitted, RequestRefused
from mock_api.core.policy import (
    ConcurrencyDetector,
    CusumDetector,
    Detector,
    NoticeDetector,
    RateDetector,
    SpreadDetector,
)

from .concurrency import ConcurrencyWatch
from .cusum import CusumWatch, cusum_memory
from .notice import Notices
from .rate import RateWatch, rate_memory
from .spread import SpreadWatch
from .watcher import REARM, Watcher

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

REPORTS_KEPT = 10_000  # the newest; the log has them all
SAME_REPORT = 3600.0    # seconds
TokenDetector = RateDetector | CusumDetector | ConcurrencyDetector | SpreadDetector


class Detection:
    """Follows every token that is used and raises alerts.

    Memory follows the tokens in use, without a scan: `recent` is filled on use, becomes `earlier` after
    `idle` seconds, and what is not used again in the next `idle` seconds is dropped.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.reports: dict[str, LeakReported] = {}
        self._latest: dict[tuple[str | None, ...], LeakReported] = {}  # by everything but id and instant
        self._suspect: str | None = None           # the token whose last request gave reason to look closer
        self._watch_for((), 0.0)

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event changes here."""
        return {
            RequestAdmitted: self.apply_request,
            RequestRefused: self.apply_request_refused,
            LeakReported: self.apply_leak_reported,
            AlertRaised: self.apply_alert_raised,
            PolicyAdopted: self.apply_policy_adopted,
        }

    def watch(self, jti: str, tester_id: str, origin: str, now: float) -> None:  # noqa: ARG002 - the gate's contract
        """Raise what the request just recorded gives reason to."""
        if self._suspect is None:
            return
        self._suspect = None
        for detector, watcher in zip(self.detectors, self.recent.get(jti, ()), strict=False):
            if watcher.speaks(now):
                self._raise(now, detector.name, (jti, tester_id), watcher.evidence())

    def hear(self, report: LeakReported, now: float) -> None:
        """Raise what the report just recorded gives reason to."""
        for name, evidence in list(self.notices.speaking(report, now)):
            self._raise(now, name, (report.jti, report.tester_id), evidence)

    def same_report(self, report: LeakReported) -> LeakReported | None:
        """The report that said exactly the same within `SAME_REPORT` seconds before, or None."""
        earlier = self._latest.get(_content(report))
        return earlier if earlier is not None and report.at - earlier.at < SAME_REPORT else None

    def apply_request(self, event: RequestAdmitted | RequestRefused) -> None:
        """Count the request. This and `watch` run for every request: keep them short."""
        jti, at, origin = event.jti, event.at, event.origin
        if jti is None or not self.detectors:
            return
        watchers = self.recent.get(jti)
        if watchers is None:
            watchers = self._follow(jti, at)
        for watcher in watchers:
            if watcher.take(at, origin):
                self._suspect = jti

    def apply_request_refused(self, event: RequestRefused) -> None:
        """Count the request if the token was good and only the rate limit refused it."""
        if event.code == RateLimited.code:
            self.apply_request(event)

    def apply_leak_reported(self, event: LeakReported) -> None:
        """Keep the report and count it."""
        if len(self.reports) >= REPORTS_KEPT:
            oldest = self.reports.pop(next(iter(self.reports)))
            if self._latest.get(_content(oldest)) is oldest:
                del self._latest[_content(oldest)]
        self.reports[event.report_id] = self._latest[_content(event)] = event
        self.notices.take(event)

    def apply_alert_raised(self, event: AlertRaised) -> None:
        """Let the detector that spoke be silent for a while about this token."""
        self.notices.hush(event.detector, (event.jti, event.tester_id), event.at)
        for detector, watcher in zip(self.detectors, self.recent.get(event.jti or "", ()), strict=False):
            if detector.name == event.detector:
                watcher.hush(event.at)

    def apply_policy_adopted(self, event: PolicyAdopted) -> None:
        """Start anew with the policy's detectors; if they are the same, go on."""
        if event.policy.detectors != (*self.detectors, *self.notices.detectors):
            self._watch_for(event.policy.detectors, event.at)

    def _watch_for(self, detectors: tuple[Detector, ...], now: float) -> None:
        self.detectors = tuple(each for each in detectors if not isinstance(each, NoticeDetector))
        self.notices = Notices(tuple(each for each in detectors if isinstance(each, NoticeDetector)))
        self.recent: dict[str, tuple[Watcher, ...]] = {}
        self.earlier: dict[str, tuple[Watcher, ...]] = {}
        self.idle = max((_memory(each) for each in self.detectors), default=REARM)
        self.turns_at = now + self.idle
        self._suspect = None

    def _follow(self, jti: str, at: float) -> tuple[Watcher, ...]:
        if at >= self.turns_at:
            self.earlier = self.recent if at < self.turns_at + self.idle else {}
            self.recent = {}
            self.turns_at = at + self.idle
        watchers = self.earlier.pop(jti, None)
        if watchers is None:
            watchers = tuple(_watcher(detector) for detector in self.detectors)
        self.recent[jti] = watchers
        return watchers

    def _raise(self, now: float, detector: str, named: tuple[str | None, str | None], evidence: str) -> None:
        alert_id = self._authority.ids.new("alert")
        self._authority.record(AlertRaised(now, alert_id, detector, *named, evidence))


def _content(report: LeakReported) -> tuple[str | None, ...]:
    return report.source, report.jti, report.tester_id, report.url, report.note, report.by


def _watcher(detector: TokenDetector) -> Watcher:
    if isinstance(detector, RateDetector):
        return RateWatch(detector)
    if isinstance(detector, CusumDetector):
        return CusumWatch(detector)
    if isinstance(detector, ConcurrencyDetector):
        return ConcurrencyWatch(detector)
    return SpreadWatch(detector)


def _memory(detector: TokenDetector) -> float:
    """Seconds of silence after which the detector would judge a token as if it were new."""
    if isinstance(detector, RateDetector):
        return max(REARM, rate_memory(detector))
    if isinstance(detector, CusumDetector):
        return max(REARM, cusum_memory(detector))
    if isinstance(detector, ConcurrencyDetector):
        return max(REARM, detector.window)
    return max(REARM, 24 * 3600.0)
