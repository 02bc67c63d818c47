"""The tables: figures with their units, honest about chance and about what did not happen."""

from __future__ import annotations

from typing import Any

import pytest

from policy_lab.estimates import Estimate
from policy_lab.ledger import Ledger
from policy_lab.report.account import Account
from policy_lab.report.cells import difference, mean
from policy_lab.report.comparisons import Comparison
from policy_lab.report.measures import BY_NAME
from policy_lab.report.page import kept
from policy_lab.report.tables import at_a_glance, differences, ledger, seen
from policy_lab.report.times import (
    axis_unit,
    bin_width,
    in_words,
    on_axis,
    on_the_clock,
    per,
    ticks,
    time_of_day,
    to_the_second,
)
from policy_lab.runs import DesignPointResult

CUT_OFF = BY_NAME["testers_cut_off"]


@pytest.mark.parametrize("field", Ledger.__struct_fields__)
def test_every_figure_of_the_ledger_is_explained(field: str) -> None:
    assert BY_NAME[field].definition.endswith(".")


def test_no_figure_is_explained_that_the_ledger_lacks() -> None:
    assert set(BY_NAME) == set(Ledger.__struct_fields__)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Estimate(-5.0, 1.0, None, None, None, 9), "lower (better)"),
        (Estimate(5.0, 1.0, None, None, None, 9), "higher (worse)"),
        (Estimate(5.0, 5.5, None, None, None, 9), "may be chance"),
        (Estimate(0.0, 0.0, None, None, None, 9), "the same in every run"),
        (Estimate(5.0, None, None, None, None, 1), "one run cannot tell"),
        (Estimate(None, None, None, None, None, 0, 9), "no run gives both"),
        (Estimate(-5.0, 1.0, None, None, None, 2, 7), "lower in the 2 runs that give both"),
    ],
)
def test_a_winner_is_named_only_where_the_interval_leaves_zero_out(found: Estimate, words: str) -> None:
    assert Comparison("b", "a", CUT_OFF, found).short == words


def test_means_show_their_interval_and_how_many_runs_had_a_value() -> None:
    assert mean(CUT_OFF, Estimate(143.21, 3.14, None, None, None, 9)) == "143.2 ± 3.1"
    assert mean(CUT_OFF, Estimate(179.4, 20.1, None, None, None, 5)) == "179 ± 20"
    assert mean(CUT_OFF, Estimate(0.05, 0.04, None, None, None, 99)) == "0.05 ± 0.04"
    assert mean(CUT_OFF, Estimate(5.84, 5.78, None, None, None, 5)) == "5.84 ± 5.78"
    assert mean(BY_NAME["time_to_stop"], Estimate(660.0, 438.0, None, None, None, 5)) == "11 min ± 7 min"
    assert (
        mean(BY_NAME["time_to_stop"], Estimate(11_520.0, 240.0, None, None, None, 8, 2))
        == "3 h 12 min ± 4 min (8 of 10 runs)"
    )
    assert mean(BY_NAME["tester_minutes_lost"], Estimate(61_334.0, 500.0, None, None, None, 9)) == "61,334 ± 500 min"
    assert mean(CUT_OFF, Estimate(299.0, 0.0, None, None, None, 9)) == "299"
    assert mean(CUT_OFF, Estimate(None, None, None, None, None, 0, 9)) == "not yet"


def test_differences_are_signed() -> None:
    assert difference(CUT_OFF, Estimate(5.0, 1.0, None, None, None, 9)) == "+5 ± 1"
    assert difference(CUT_OFF, Estimate(-5.0, 1.0, None, None, None, 9)) == "−5 ± 1"


def test_figures_and_their_units_stay_on_one_line() -> None:
    parts = kept("3 h 12 min ± 4 min (8 of 10 runs)").replace("\u00a0", "_").split()
    assert parts == ["3_h_12_min", "±_4_min", "(8_of_10_runs)"]


def test_clocks_that_did_not_start_are_not_listed(quiet: DesignPointResult, three: list[DesignPointResult]) -> None:
    assert "The five clocks" in ledger([Account(result) for result in three])
    assert "The five clocks" not in ledger([Account(quiet)])


def test_the_glance_of_a_quiet_run_is_on_false_alarms(quiet: DesignPointResult, three: list[DesignPointResult]) -> None:
    assert [line.measure.name for line in at_a_glance([Account(quiet)])][:2] == ["alerts", "false_alerts"]
    assert at_a_glance([Account(result) for result in three])[0].measure.name == "time_to_stop"


def test_differences_are_taken_from_the_first_policy(three: list[DesignPointResult]) -> None:
    lines = {line.measure.name: line.cells for line in differences([Account(result) for result in three])}
    assert [cell.note for cell in lines["testers_cut_off"]] == ["", "the same in every run", "lower (better)"]


def test_the_operator_sees_reports_alerts_decisions_and_responses_in_order(make_result: Any) -> None:
    rows = [each.row for each in seen(Account(make_result("as-it-happened")))]
    assert [row.kind for row in rows] == ["alert", "news", "report", "choice", "response"]
    assert [row.at for row in rows] == sorted(row.at for row in rows)


def test_the_same_alert_twice_is_one_row(make_result: Any) -> None:
    alert = seen(Account(make_result("as-it-happened")))[0]
    assert alert.row.times == 2
    assert alert.again == "and 1 more like it, the last at 1:25"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not yet"),
        (0, "0 s"),
        (0.2, "under 1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (441, "7 min 21 s"),
        (11_520, "3 h 12 min"),
        (10_800, "3 h"),
        (86_400, "1 day"),
        (604_800, "7 days"),
        (100_800, "1 day 4 h"),
        (-60, "−1 min"),
    ],
)
def test_spans_are_said_in_their_two_largest_units(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words


def test_instants_are_said_since_the_leak() -> None:
    assert (on_the_clock(11_529), on_the_clock(-61), on_the_clock(None)) == ("3:12", "−0:01", "not yet")
    assert (to_the_second(11_529), to_the_second(-61)) == ("3:12:09", "−0:01:01")
    assert (on_the_clock(100_000), to_the_second(-100_000)) == ("1 d 3:47", "−1 d 3:46:40")
    assert time_of_day(86_400 + 8.5 * 3600) == "08:30"
    assert [on_axis(90, "h:min"), on_axis(2880, "days"), on_axis(0.5, "h:min:s")] == ["1:30", "2 d", "0:00:30"]


def test_axes_are_labelled_at_round_times() -> None:
    assert ticks(-60, 360) == [-60, 0, 60, 120, 180, 240, 300, 360]
    assert ticks(0, 0) == [0]
    assert [axis_unit(0, last) for last in (1, 60, 60 * 24 * 7)] == ["h:min:s", "h:min", "days"]
    assert ticks(0, 60 * 24 * 7)[1] == 1440


def test_bins_are_a_minute_wide_up_to_seven_hours() -> None:
    assert (bin_width(7 * 3600), per(60.0)) == (60.0, "minute")
    assert (bin_width(7 * 86_400), per(1800.0)) == (1800.0, "30 min")
