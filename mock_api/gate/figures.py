"""What a gate counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector


class Figures:
    """Counters since the start. `admitted` are verdicts; bytes `in` and `out` are of bodies that were forwarded.

    `view_in` and `view_out` are bytes of what the view was kept with: questions, answers, news.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.under_way = 0
        self.admitted = 0
        self.refused: Counter[str] = Counter()
        self.look_ups = 0          # questions to the authority, of whatever kind
        self.unanswered = 0        # those that found no answer
        self.messages = 0          # notices and pulses heard
        self.repairs = 0           # questions about what a feed had missed
        self.broken_off = 0        # answers under way that were refused after all
        self.bytes_in = self.bytes_out = 0
        self.view_in = self.view_out = 0
        self.reported = self.reports_dropped = 0

    def plain(self) -> dict[str, int | dict[str, int]]:
        """All of it as JSON has it."""
        return {
            name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()
        }


class GateMetrics(Collector):
    """The figures in Prometheus' terms."""

    def __init__(self, figures: Figures, gate: str) -> None:
        self._figures, self._gate = figures, gate

    def collect(self) -> Iterable[Metric]:
        """All metrics, as of now."""
        for name, value in self._figures.plain().items():
            if isinstance(value, dict):
                by_code = CounterMetricFamily(f"leaklab_gate_{name}", "By code.", labels=("gate", "code"))
                for code, number in value.items():
                    by_code.add_metric((self._gate, code), number)
                yield by_code
            elif name == "under_way":
                yield GaugeMetricFamily("leaklab_gate_under_way", "Requests at the moment.", value=value)
            else:
                total = CounterMetricFamily(f"leaklab_gate_{name}", "Since the start.", labels=("gate",))
                total.add_metric((self._gate,), value)
                yield total


def scrape(figures: Figures, gate: str) -> bytes:
    """The figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(GateMetrics(figures, gate))
    return generate_latest(registry)
