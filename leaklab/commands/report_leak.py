"""`leaklab report-leak`: a secret scanner that reports to a running range."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leaklab.problems import Problem, extra
from leaklab.range_client import DEFAULT_DATA, ApiUrl, Data, RangeClient, read_credentials
from leaklab.reporting.names import Story

from .listing import AsJson, show_one, show_rows

if TYPE_CHECKING:
    from leaklab.reporting.flood import Plan
    from leaklab.reporting.reporter import Reporter

TOKENS_LIMIT, LINE_LIMIT = 5000, 8192  # lines of a file of tokens, characters of one of them

TokensFile = Annotated[
    str | None,
    typer.Option(
        "--tokens",
        metavar="FILE",
        help="The leaked tokens, one on each line; -: from standard input. Without it the one in credentials.json.",
    ),
]
Keys = Annotated[
    Path | None,
    typer.Option("--keys", help="Folder of the scanner's key pair, made if need be; default: scanner/ of the range."),
]
Place = Annotated[str, typer.Option("--place", help="Where it was found: the URL of the report.")]
Source = Annotated[str, typer.Option(help="What kind of place that is, in GitHub's words.")]
Rate = Annotated[float, typer.Option(help="flood: false reports a minute.", min=1, max=1_000_000)]
Seconds = Annotated[float, typer.Option(help="flood: how long.", min=0.1, max=3600)]
BatchSize = Annotated[int, typer.Option("--batch", help="flood: reports in one request.", min=1, max=5000)]


def report_leak(
    story: Annotated[Story, typer.Option(help="What to play.")] = Story.SIGNED,
    tokens: TokensFile = None,
    keys: Keys = None,
    place: Place = "https://gist.example/leak",
    source: Source = "gist_content",
    rate: Rate = 10_000,
    seconds: Seconds = 60,
    batch: BatchSize = 100,
    data: Data = DEFAULT_DATA,
    url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Report leaked tokens as a secret scanner does, in signed batches, and show what was answered.

    The range is first told, as its operator, to believe the scanner's key.
    """
    with extra("serve", "report to a range"):
        from leaklab.reporting.flood import Plan
        from leaklab.reporting.reporter import Reporter
        from leaklab.reporting.scanner import ScannerKeyPair
        from leaklab.reporting.stories import PLAYED
    leaked = [] if story is Story.FLOOD else _read_tokens(tokens, data)
    with RangeClient(data, url) as operator:
        scanner = ScannerKeyPair.kept_in(keys or data / "scanner")
        reporter = Reporter(operator, scanner, place, source)
        if story is Story.FLOOD:
            kept = _flood(reporter, Plan(rate, seconds, batch), as_json=as_json)
        else:
            rows = [row._asdict() for row in PLAYED[story](reporter, leaked)]
            show_rows(f"Story: {story}", rows, as_json=as_json)
            kept = all(row["as_promised"] for row in rows)
    if not kept:
        raise Problem("The range did not answer as the protocol promises; the table says where.", exit_code=1)


def _read_tokens(tokens: str | None, data: Path) -> Sequence[str]:
    """The tokens to report: from a file or standard input, so that no process list shows them."""
    if tokens is None:
        tester = read_credentials(data).get("tester")
        token = tester.get("access_token") if isinstance(tester, dict) else None
        if not isinstance(token, str):
            where = data / "credentials.json"
            raise Problem(f"{where} holds no access token. Name some with --tokens FILE.", exit_code=3)
        return [token]
    try:
        text = sys.stdin.read() if tokens == "-" else Path(tokens).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Problem(f"{tokens} does not exist. --tokens takes a file; - is standard input.", exit_code=3) from None
    except UnicodeDecodeError:
        raise Problem(f"{tokens} is no text. --tokens takes a file with one token on each line.", exit_code=3) from None
    found = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not found:
        raise Problem("There are no tokens to report. Put one on each line.", exit_code=3)
    if len(found) > TOKENS_LIMIT or max(map(len, found)) > LINE_LIMIT:
        raise Problem(f"At most {TOKENS_LIMIT} tokens of {LINE_LIMIT} characters can be reported at once.", exit_code=3)
    return found


def _flood(reporter: Reporter, plan: Plan, *, as_json: bool) -> bool:
    """Flood with a progress bar; whether every report was answered, and as false."""
    import asyncio

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from leaklab.reporting.flood import flood

    reporter.adopt((reporter.scanner, True))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("false reports", total=plan.batches * plan.batch)
        told = asyncio.run(flood(reporter, plan, lambda sent: bar.update(task, completed=sent)))
    answered = told.answers["200"]
    show_one(
        {
            "false_reports": told.sent,
            "requests": plan.batches,
            "answered": dict(told.answers),
            "true_positives": told.true_positives,
            "reports_a_minute": 60.0 * told.sent / told.lasted,
            "median_ms": _ms(told.quantile(0.5)),
            "p99_ms": _ms(told.quantile(0.99)),
            "longest_ms": _ms(told.quantile(1.0)),
        },
        as_json=as_json,
    )
    return answered == plan.batches and told.true_positives == 0


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else 1000.0 * seconds
