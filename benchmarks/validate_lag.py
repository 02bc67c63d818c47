"""Whether revocations hold under full load: runs of `leaklab lag`, added up. The verdict is the history checker's.

    python -m benchmarks.validate_lag --runs 20 --rate 1500 --seconds 8 introspection in-process freshness

Nothing that starts after the acknowledgement of its token's revocation may be let in (with `freshness`: nothing that
carries the version). Exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys

from leaklab.lag.cases import Case, cases
from leaklab.lag.lines import Line, Setting, measured_line
from leaklab.lag.tables import machine, span, three


def main() -> int:
    """Run, print a line per run and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("enforcements", nargs="*", default=["introspection", "in-process", "freshness"])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--gates", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1500.0, help="requests per second on all gates together")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each run measures")
    parser.add_argument("--loads", type=int, default=2, help="load processes")
    given = parser.parse_args()
    print(machine())
    violated = 0
    for case in cases(given.enforcements):
        lines = []
        for seed in range(1, given.runs + 1):
            setting = Setting(given.gates, given.rate, given.seconds, given.loads, seed, "auto")
            lines.append(measured_line(case, setting, _nothing))
            _tell(case, seed, lines[-1])
        violated += _sum(case, lines)
    return 1 if violated else 0


def _tell(case: Case, number: int, line: Line) -> None:
    """Say what one run came to."""
    late = max(load.late_p99 for load in line.loads)
    print(
        f"{case.name} run {number}: asked after {line.measured.asked_after:,}, let in "
        f"{line.measured.let_in_after:,}, with version {line.measured.asked_with_version:,}, against the bound "
        f"{line.measured.violated:,}, unanswered {line.unanswered:,}, stale {line.stale:,}, until the last gate "
        f"{three(line.measured.worst)}, sent late by {span(late)} (p99), {line.verdict}",
        flush=True,
    )


def _sum(case: Case, lines: list[Line]) -> int:
    """Say what all runs of a case came to; returns what went wrong: requests let in against the bound, empty runs."""
    violated = sum(line.measured.violated for line in lines)
    print(
        f"{case.name}: {len(lines)} runs, {sum(line.measured.asked_after for line in lines):,} requests started after "
        f"the acknowledgement, {sum(line.measured.asked_with_version for line in lines):,} of them with the version; "
        f"{sum(line.measured.let_in_after for line in lines):,} were let in, {violated:,} against the bound of "
        f"{span(lines[0].bound)}"
    )
    return violated + sum(line.verdict == "not tested" for line in lines)


def _nothing(_done: float) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    sys.exit(main())
