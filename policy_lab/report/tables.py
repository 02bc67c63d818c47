"""The tables of the page: at a glance, differences, the ledger, what the operator saw."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from .account import Account, leaked
from .cells import Cell, cell, difference, mean
from .comparisons import Comparison, compared, compared_figures
from .measures import BY_NAME, GROUPS, Measure, described
from .times import in_words, on_the_clock
from .watch import Row

MOST_ROWS = 60

_GLANCE = ("time_to_stop", "outputs_escaped", "accepted_after_decision", "testers_cut_off")
_QUIET_GLANCE = ("alerts", "false_alerts", "testers_cut_off", "legitimate_minutes_held")


class Line(Struct):
    """One figure of the ledger with a cell per policy."""

    measure: Measure
    cells: list[Cell]


class Seen(Struct):
    """One row of what the operator saw: when, what, and whether it came again."""

    at: str
    row: Row
    again: str


def at_a_glance(accounts: Sequence[Account]) -> list[Line]:
    """The four figures to know first."""
    names = _GLANCE if leaked(accounts) else _QUIET_GLANCE
    return [Line(BY_NAME[name], [_first_look(account, BY_NAME[name]) for account in accounts]) for name in names]


def differences(accounts: Sequence[Account]) -> list[Line]:
    """Per figure: the baseline's mean, then every other policy's difference and its verdict."""
    found: dict[str, list[Comparison]] = {}
    for comparison in compared(accounts):
        found.setdefault(comparison.measure.name, []).append(comparison)
    return [
        Line(
            measure,
            [
                Cell(mean(measure, accounts[0].estimated(measure.name))),
                *(
                    Cell(difference(measure, comparison.difference), comparison.short)
                    for comparison in found.get(measure.name, [])
                ),
            ],
        )
        for measure in compared_figures(accounts)
    ]


def ledger(accounts: Sequence[Account]) -> dict[str, list[Line]]:
    """The ledger by the names of its groups; without a leak there are no clocks, no spread and no harm to show."""
    fields = [described(name) for name in accounts[0].ledger.__struct_fields__]
    hidden = set[str]() if leaked(accounts) else {"clock", "span", "spread", "harm"}
    if not any(account.gates.lags for account in accounts):
        hidden.add("gates")
    lines = {
        title: [
            Line(measure, [cell(account, measure) for account in accounts])
            for measure in fields
            if measure.group == group and group not in hidden
        ]
        for group, title in GROUPS.items()
    }
    return {title: found for title, found in lines.items() if found}


def seen(account: Account) -> list[Seen]:
    """What the operator saw and did in the first run, at most `MOST_ROWS` rows."""
    return [
        Seen(on_the_clock(row.at - account.zero), row, _again(account, row)) for row in account.watch.rows[:MOST_ROWS]
    ]


def by_gate(account: Account) -> list[list[str]]:
    """A row per gate in front, of the first run: name, lag, let in, late, refused, and what its view cost."""
    found = account.gates
    rows = []
    for gate, lag in sorted(found.lags.items()):
        spent = found.accounts.get(gate)
        costs = (None,) * 4 if spent is None else (
            spent.look_ups, spent.messages, spent.bytes_moved, spent.bytes_held
        )
        counts = (found.admitted.get(gate, 0), found.late.get(gate, 0), found.refused.get(gate, 0), *costs)
        rows.append([gate, in_words(lag), *("–" if count is None else f"{count:,}" for count in counts)])
    return rows


def _first_look(account: Account, measure: Measure) -> Cell:
    if account.replications > 1:
        return Cell(mean(measure, account.estimated(measure.name)))
    return cell(account, measure)


def _again(account: Account, row: Row) -> str:
    """That the same thing came more than once."""
    if row.times == 1:
        return ""
    return f"and {row.times - 1:,} more like it, the last at {on_the_clock(row.last_at - account.zero)}"
