"""The page: the figures, tables and sentences of a report in one HTML file that asks for nothing else."""

from __future__ import annotations

import platform
import re
from base64 import b64encode
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from shlex import quote
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .account import Account
from .cells import cell, difference, mean
from .comparisons import COMPARED, Comparison, compared
from .figures import Figure
from .files import as_csv
from .measures import BY_NAME, GROUPS, Measure, described
from .story import tell
from .times import in_words, on_the_clock, time_of_day, to_the_second
from .watch import Row

GLANCE = ("time_to_stop", "outputs_escaped", "accepted_after_decision", "testers_cut_off")
MOST_ROWS = 60


def page(accounts: Sequence[Account], shared: Sequence[Figure], own: Sequence[Sequence[Figure]], command: str) -> str:
    """The whole page as HTML."""
    environment = Environment(
        loader=PackageLoader("policy_lab.report", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )
    environment.filters |= {"picture": picture, "data_link": data_link, "in_words": in_words, "since": to_the_second,
                            "h_min": on_the_clock}
    first = accounts[0]
    return environment.get_template("report.html.j2").render(
        accounts=accounts, scenario=first.scenario, timeline=shared[0], comparison=shared[1],
        chapters=[_chapter(account, figures) for account, figures in zip(accounts, own, strict=True)],
        stories=[(account, tell(account)) for account in accounts],
        glance=[(BY_NAME[name], [_glance(account, BY_NAME[name]) for account in accounts]) for name in GLANCE],
        differences=_differences(accounts), ledger=_ledger(accounts), leak_time=_leak_time(first), command=command,
        failures=[(account, run) for account in accounts for run in account.result.replications if run.failure],
        replays=[_replay(account) for account in accounts], versions=_versions(),
    )


def picture(figure: Figure) -> Markup:
    """The SVG for the inside of a page: named for screen readers, without the declarations HTML does not need."""
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"| version="1.1"', "", figure.svg)
    label = Markup(' role="img" aria-label="{}"').format(figure.alt)
    return Markup(svg.replace(' class="marks"', f' class="figure"{label}', 1))  # noqa: S704 - our own drawing


def data_link(figure: Figure) -> str:
    """The figure's data as a `data:` address, so that a page sent on its own still has them."""
    return "data:text/csv;base64," + b64encode(as_csv(figure.rows).encode()).decode()


def _chapter(account: Account, figures: Sequence[Figure]) -> dict[str, Any]:
    rows = account.watch.rows
    return {
        "account": account, "figures": dict(zip(("epidemic", "spread", "queues", "approvals"), figures, strict=True)),
        "rows": [(row, on_the_clock(row.at - account.zero), _again(account, row)) for row in rows[:MOST_ROWS]],
        "rows_left_out": max(0, len(rows) - MOST_ROWS),
        "mirror_served": sum(mirror.served for mirror in account.spread.mirrors.values()),
        "mirror_visits": sum(mirror.served + mirror.refused for mirror in account.spread.mirrors.values()),
    }


def _again(account: Account, row: Row) -> str:
    """That the same thing came more than once."""
    if row.times == 1:
        return ""
    more = row.times - 1
    return f"and {more:,} more like it, the last at {on_the_clock(row.last_at - account.zero)}"


def _glance(account: Account, measure: Measure) -> str:
    if account.replications > 1:
        return mean(measure, account.estimated(measure.name))
    return cell(account, measure).text


def _differences(accounts: Sequence[Account]) -> list[tuple[Measure, str, list[tuple[Comparison, str]]]]:
    """Per figure: the baseline's mean, and each other policy's difference with its words."""
    by_measure: dict[str, list[Comparison]] = {name: [] for name in COMPARED}
    for comparison in compared(accounts):
        by_measure[comparison.measure.name].append(comparison)
    return [
        (BY_NAME[name], mean(BY_NAME[name], accounts[0].estimated(name)),
         [(found, difference(found.measure, found.difference)) for found in by_measure[name]])
        for name in COMPARED
    ]


def _ledger(accounts: Sequence[Account]) -> list[tuple[str, list[tuple[Measure, list[Any]]]]]:
    """The ledger by groups: each figure with one cell per policy."""
    fields = [described(name) for name in accounts[0].ledger.__struct_fields__]
    return [
        (title, [(measure, [cell(account, measure) for account in accounts])
                 for measure in fields if measure.group == group])
        for group, title in GROUPS.items()
    ]


def _leak_time(account: Account) -> str | None:
    at = account.ledger.leaked_at
    return None if at is None else time_of_day(account.local_time(at))


def _replay(account: Account) -> str:
    result = account.result
    count = len(result.replications)
    return (
        f"leaklab run {quote(result.scenario.name)} --policy {quote(result.policy.name)} --seed {result.seed}"
        f" --replications {count}"
    )


def _versions() -> list[str]:
    """What the numbers were made with."""
    found = [f"Python {platform.python_version()}"]
    for name in ("leaklab", "numpy", "scipy", "msgspec", "PyJWT", "vl-convert-python"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} from source")
    return found


