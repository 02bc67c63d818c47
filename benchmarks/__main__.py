"""Every measurement in turn, and one table of what came out.

    python -m benchmarks              all of them
    python -m benchmarks gate agenda  some of them, by the rest of their file's name

Each has a process of its own, so that none inherits another's memory. The table is also written to out/bench.md.
Exits with 1 if a target is missed; what cannot be measured here is said, and missed in CI.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from .rows import NotMeasured, rows_of, table

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
WRITTEN = Path("out/bench.md")


def main(names: list[str]) -> int:
    """Measure, print and write the table."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    lines: list[tuple[str, str, str, str]] = []
    failed = False
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        for name in names or NAMES:
            print(f"{name:12}", end="", file=sys.stderr, flush=True)
            begun = time.perf_counter()
            try:
                rows = processes.submit(rows_of, name).result()
            except NotMeasured as missing:
                print(f"not measured: {missing}", file=sys.stderr)
                lines.append((name, "not measured", "", str(missing)))
                failed |= "CI" in os.environ
                continue
            print(f"{time.perf_counter() - begun:4.0f} s", file=sys.stderr)
            lines += [row.cells() for row in rows]
            failed |= any(row.missed for row in rows)
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(table(lines), encoding="utf-8")
    print(f"{table(lines)}\nWritten to {WRITTEN}")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
