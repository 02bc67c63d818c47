"""The front end's figures for machines: `/stats.json` and `/metrics` (Prometheus)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .core.desk import Desk

PREFIX = "leaklab_proxy_"


def figures(desk: Desk) -> dict[str, Any]:
    """Counts since the start, and how the desk stands now."""
    newcomer = len(desk.line) + 1
    return {
        **desk.stats.summary(),
        "queue_length": len(desk.line),
        "in_flight": len(desk.slots),
        "concurrency": desk.slots.concurrency,
        "service_time": round(desk.slots.service_time, 3),
        "expected_wait": round(desk.expected_wait(newcomer), 3),
        "gallery": len(desk.gallery),
        "upstream": "gone" if desk.is_upstream_gone else "ok",
    }


class DeskCollector(Collector):
    """Reads the desk each time it is scraped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterable[Metric]:
        """All metrics as they are now."""
        desk, stats = self._desk, self._desk.stats
        yield _counter("visitors", "People who opened the page for the first time.", stats.visitors)
        yield _counter("offspring", "Visitors who came through a share link.", stats.offspring)
        yield _counter("submissions", "Submissions that joined the line.", stats.submissions)
        yield _counter("served", "Clips displayed.", stats.served)
        yield _counter("reneged", "Visitors who left the line.", stats.reneged)
        yield _counter("mirrors", "Copies of the front end seen.", stats.mirrors)
        yield _counter("mirror_visits", "Visits to copies.", stats.mirror_visits)
        yield _by_word("balked", "Visitors who did not join.", "because", stats.balked)
        yield _by_word("failed", "Submissions that ended without a clip.", "code", stats.failed)
        yield _by_word("refused_upstream", "Refusals by the API.", "code", stats.refused_upstream)
        yield _by_word("credentials_died", "Credentials the API stopped accepting.", "code", stats.died)
        yield _gauge("credentials_alive", "Credentials that still work.", desk.credentials.alive)
        yield _gauge("queue_length", "Submissions that wait.", len(desk.line))
        yield _gauge("in_flight", "Submissions in the making.", len(desk.slots))
        yield _gauge("concurrency", "Slots.", desk.slots.concurrency)
        yield _gauge("service_seconds", "Mean seconds from start to clip, recently.", desk.slots.service_time)


def metrics(registry: CollectorRegistry) -> bytes:
    """The exposition text."""
    return generate_latest(registry)


def register(desk: Desk) -> CollectorRegistry:
    """A registry of this desk alone."""
    registry = CollectorRegistry()
    registry.register(DeskCollector(desk))
    return registry


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(PREFIX + name, text, value=value)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, text, value=value)


def _by_word(name: str, text: str, label: str, counts: dict[str, int]) -> Metric:
    family = CounterMetricFamily(PREFIX + name, text, labels=[label])
    for word, count in sorted(counts.items()):
        family.add_metric([word], count)
    return family
