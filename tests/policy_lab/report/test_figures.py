"""The figures: valid, legible, and saying what happened."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from policy_lab.parts import Gates, Partition
from policy_lab.report.account import Account
from policy_lab.report.comparisons import least
from policy_lab.report.figures.approvals import apart
from policy_lab.report.figures.approvals import approvals as approvals_figure
from policy_lab.report.figures.clocks import timeline
from policy_lab.report.figures.comparison import comparison
from policy_lab.report.figures.epidemic import epidemic
from policy_lab.report.figures.gates import gates as gates_figure
from policy_lab.report.figures.queues import queues
from policy_lab.report.figures.spread import spread
from policy_lab.report.figures.theme import Figure, round_stops, wrapped
from policy_lab.report.grid import grid_over
from policy_lab.report.levels import Level
from policy_lab.report.phases import Mark, laid_out, marks
from policy_lab.runs import DesignPointResult


@pytest.fixture(scope="module")
def accounts(three: list[DesignPointResult]) -> list[Account]:
    """The three policies, read."""
    return [Account(result) for result in three]


def _all(accounts: list[Account]) -> list[Figure]:
    first = accounts[0]
    return [
        timeline(accounts, "clocks"),
        comparison(accounts, "comparison"),
        epidemic(first, "epidemic"),
        spread(first, "spread"),
        queues(first, "queues"),
        approvals_figure(first, "approvals"),
    ]


def _with_little_data(spec: Any) -> Any:
    """The spec with two rows of each data set: the schema looks at every value, and one is like the next."""
    if isinstance(spec, list):
        return [_with_little_data(part) for part in spec]
    if isinstance(spec, dict):
        return {
            name: part[:2] if name == "values" and isinstance(part, list) else _with_little_data(part)
            for name, part in spec.items()
        }
    return spec


@pytest.mark.slow
def test_every_spec_holds_to_the_schema_of_vega_lite(accounts: list[Account]) -> None:
    altair = pytest.importorskip("altair")
    for figure in _all(accounts):
        altair.Chart.from_dict(_with_little_data(figure.spec), validate=True)


def test_every_figure_has_a_title_a_reading_and_data(accounts: list[Account]) -> None:
    for figure in _all(accounts):
        assert figure.title
        assert figure.reading.endswith(".")
        assert figure.alt.startswith(figure.title)
        assert figure.rows


def test_the_timeline_names_who_stopped_the_leak(accounts: list[Account]) -> None:
    assert "each stopped the leak after 2 h 55 min" in timeline(accounts, "clocks").title


def test_a_leak_that_was_not_stopped_is_said_so(make_result: Any) -> None:
    account = Account(make_result("none", stop="nothing"))
    assert timeline([account], "clocks").title == "The leak was not stopped within the run"


def test_the_curve_counts_every_visitor_once(accounts: list[Account]) -> None:
    figure = epidemic(accounts[0], "epidemic")
    assert sum(row["Visitors at the front end"] for row in figure.rows) == len(accounts[0].traffic.visitors)
    assert figure.title.startswith(f"{len(accounts[0].traffic.visitors):,} visitors; the busiest minute came ")


def test_the_curve_counts_as_misuse_what_the_ledger_does(accounts: list[Account]) -> None:
    for account in accounts:
        assert len(account.traffic.stranger_renders) == account.ledger.misuse_renders
        assert len(account.traffic.stranger_requests) == account.ledger.misuse_requests


def test_the_tree_links_a_clip_to_the_clip_that_brought_its_maker(accounts: list[Account]) -> None:
    tree = accounts[0].spread
    rows = spread(accounts[0], "spread").rows
    branches = [row for row in rows if "parent" in row]
    assert len(branches) == sum(clip.children for clip in tree.clips.values())
    assert all(tree.clips[row["clip"]].parent == row["parent"] for row in branches)
    assert tree.reproduction_number == len(branches) / len(tree.clips)


def test_visits_to_a_dead_front_end_count_as_cut_off(accounts: list[Account]) -> None:
    tree = accounts[0].spread
    assert 0 < tree.shared_visits_cut_off < tree.shared_visits
    assert sum(clip.cut_off for clip in tree.clips.values()) == tree.shared_visits_cut_off


def test_copies_without_a_credential_served_nobody(accounts: list[Account]) -> None:
    assert "3 copies without a credential: none of 24 visits served" in spread(accounts[0], "spread").alt


def test_the_comparison_leaves_out_what_no_run_gave(make_result: Any) -> None:
    account = Account(make_result("none", stop="nothing"))
    figures = [row["figure"] for row in comparison([account], "comparison").rows]
    assert "Time to stop" not in figures
    assert "Misuse renders" in figures


def test_the_comparison_names_no_winner_that_chance_could_have_made(make_result: Any) -> None:
    alike = [Account(make_result(name, runs=3)) for name in ("a", "b")]
    assert comparison(alike, "c").title == (
        "As many outputs escaped under every policy; as many innocent testers were cut off under every policy"
    )
    once = [Account(make_result(name)) for name in ("a", "b")]
    assert comparison(once, "c").title.startswith("One run of each policy: ")


def test_the_fewest_are_those_that_no_interval_rules_out(make_result: Any) -> None:
    first, second = make_result("a", runs=3), make_result("b", runs=3)
    shifted = [
        msgspec.structs.replace(run, ledger=msgspec.structs.replace(run.ledger, alerts=run.ledger.alerts + shift))
        for run, shift in zip(second.replications, (-1, 0, 1), strict=True)
    ]
    close = [Account(first), Account(msgspec.structs.replace(second, replications=shifted))]
    assert least(close, "alerts") == (["a", "b"], False)
    revoked = Account(make_result("c", runs=3, stop="revoke"))
    assert least([close[0], revoked], "testers_cut_off") == (["c"], True)


def test_approval_by_contract_says_what_left_unapproved(accounts: list[Account]) -> None:
    assert approvals_figure(accounts[0], "a").title.startswith("Approval by contract only: ")
    assert "none reached a stranger unapproved" in approvals_figure(accounts[1], "a").title


def test_marks_of_one_place_share_a_label_and_neighbours_keep_apart() -> None:
    labels = laid_out(
        [Mark(0, "leaked"), Mark(0.1, "first misuse"), Mark(20, "detected"), Mark(179, "stopped")], 0, 180, 700
    )
    assert [label.text for label in labels] == ["leaked, first misuse", "detected", "stopped"]
    assert [label.row for label in labels] == [0, 1, 0]
    assert [label.flipped for label in labels] == [False, False, True]


def test_clocks_that_were_not_reached_have_no_mark(make_result: Any) -> None:
    account = Account(make_result("none", stop="nothing"))
    assert "decided" not in [mark.name for mark in marks(account)]


def test_names_at_line_ends_stay_a_line_apart() -> None:
    placed = apart({"approved": 100, "recalled": 101, "rejected": 0}, 101)
    assert placed["rejected"] == 0
    assert placed["recalled"] - placed["approved"] == pytest.approx(13 * 101 / 96)


@pytest.mark.parametrize(
    ("top", "stops"), [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (9, [0, 5]), (445, [0, 200, 400])]
)
def test_counts_are_labelled_at_whole_round_numbers(top: int, stops: list[int]) -> None:
    assert round_stops(top) == stops


def test_long_titles_are_broken_between_words() -> None:
    lines = wrapped("word " * 40, 30)
    assert max(map(len, lines)) <= 30
    assert " ".join(lines).split() == ["word"] * 40


def test_what_comes_and_goes_within_an_instant_leaves_no_step(accounts: list[Account]) -> None:
    level = Level()
    for at, height in ((0.0, 1), (0.0, 0), (5.0, 2), (65.0, 1)):
        level.note(at, height)
    assert level.steps == [(0.0, 0), (5.0, 2), (65.0, 1)]
    assert level.highest == (5.0, 2)


def test_a_level_holds_through_bins_in_which_nothing_changes(accounts: list[Account]) -> None:
    grid = grid_over(accounts[0])
    level = Level()
    level.note(grid.start + 30, 2)
    level.note(grid.start + 200, 0)
    assert grid.peaks(level)[:6] == [2, 2, 2, 2, 0, 0]
    assert [step["n"] for step in grid.steps(grid.peaks(level))] == [2, 0, 0]


def test_gates_stand_in_order_and_the_story_says_which_was_cut_off(make_result: Any) -> None:
    account = Account(make_result("revoke-one", stop="revoke"))
    account.gates.lags.update({"gate-1": 0.0, "gate-2": 6000.0, "gate-3": 4.0})
    cut = Partition(gate=2, after=account.zero - account.start + 9900.0, lasts=7200.0)
    account.scenario = msgspec.structs.replace(account.scenario, gates=Gates(count=3, partitions=(cut,)))
    figure = gates_figure(account, "gates")
    lags = {row["gate"]: row["lag_minutes"] for row in figure.rows}
    assert lags == {"gate-1": 0.0, "gate-2": 100.0, "gate-3": 0.067}
    assert '"sort": ["gate-1", "gate-2", "gate-3"]' in str(figure.spec).replace("'", '"')
    assert "gate-2 and the authority did not hear each other for 2 h from 2:45 after the leak." in figure.reading
