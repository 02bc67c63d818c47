"""What Prometheus may scrape. Labels hold routes, methods and codes alone: bounded, and never a secret."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from starlette.types import Scope

from mock_api.core.authority import Authority
from mock_api.journal import JournalPort

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})


class Traffic:
    """Counts answers where they leave: two additions per request, turned into metrics when scraped."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, str, int, str]] = Counter()
        self.durations: dict[str, list[int]] = {}
        self.seconds: Counter[str] = Counter()

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """One more answer, by route, method, status and refusal code."""
        route = getattr(scope.get("route"), "path_format", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.answers[route, method, status, scope.get("refusal", "")] += 1
        buckets = self.durations.get(route)
        if buckets is None:
            buckets = self.durations[route] = [0] * (len(BOUNDS) + 1)
        buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds[route] += seconds  # type: ignore[assignment]  # a Counter of floats


class Figures(Collector):
    """Reads the figures off traffic, authority and journal when asked."""

    def __init__(self, authority: Authority, journal: JournalPort, traffic: Traffic) -> None:
        self._authority, self._journal, self._traffic = authority, journal, traffic

    def collect(self) -> Iterable[Metric]:
        """All metrics, as of now."""
        yield from self._of_traffic()
        programme = self._authority.programme
        for name, text, value in (
            ("leaklab_journal_position", "Events on disk.", self._journal.position),
            ("leaklab_journal_writable", "1 if it can be written.", self._journal.failing_because is None),
            ("leaklab_tokens", "Access tokens in the books.", len(programme.tokens)),
            ("leaklab_refresh_families", "Refresh-token families in memory.", len(self._authority.families.families)),
            ("leaklab_testers", "Testers ever invited.", len(programme.testers)),
            ("leaklab_programme_paused", "1 while nobody gets in.", self._authority.register.paused),
            ("leaklab_alerts", "Alerts kept.", len(self._authority.playbook.cases)),
            ("leaklab_simulation", "Always 1: nothing here is real.", 1),
        ):
            yield GaugeMetricFamily(name, text, value=float(value))

    def _of_traffic(self) -> Iterable[Metric]:
        answers = CounterMetricFamily(
            "leaklab_answers", "Answers given.", labels=("route", "method", "status", "code")
        )
        for (route, method, status, code), number in self._traffic.answers.items():
            answers.add_metric((route, method, str(status), code), number)
        yield answers
        durations = HistogramMetricFamily("leaklab_answer_seconds", "Time to answer.", labels=("route",))
        for route, buckets in self._traffic.durations.items():
            sums, total = [], 0
            for bound, number in zip((*BOUNDS, "+Inf"), buckets, strict=True):
                total += number
                sums.append((str(bound), float(total)))
            durations.add_metric((route,), sums, self._traffic.seconds[route])
        yield durations


def scrape(authority: Authority, journal: JournalPort, traffic: Traffic) -> bytes:
    """The figures in Prometheus' text format, from a registry of their own."""
    registry = CollectorRegistry()
    registry.register(Figures(authority, journal, traffic))
    return generate_latest(registry)
