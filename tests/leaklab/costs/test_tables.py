"""The cost page at a small size: every enforcement, every scope, and no promise about time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from leaklab.cli import app
from leaklab.costs import measuring
from leaklab.costs.measuring import IN_FRONT, MASS, STEPS, Costs, measured
from leaklab.costs.tables import held, mass, mass_headings, page, recovery

pytestmark = pytest.mark.slow
SIZE = 200


@pytest.fixture(scope="module")
def steps() -> list[str]:
    """What was told while it was measured."""
    return []


@pytest.fixture(scope="module")
def costs(steps: list[str]) -> Costs:
    """One small measurement."""
    return measured([SIZE], steps.append)


def gate(costs: Costs, name: str) -> Any:
    return next(each for each in costs.gates if each.enforcement == name)


def test_every_enforcement_has_a_row(costs: Costs) -> None:
    rows = held(costs)
    assert sorted(row[0] for row in rows) == sorted([*IN_FRONT, "in-process"])
    assert {len(row) for row in rows} == {10}


def test_messages_are_those_that_each_enforcement_needs(costs: Costs) -> None:
    assert (gate(costs, "expiry-only").messages, gate(costs, "expiry-only").messages_per_check) == (0, 0.0)
    assert (gate(costs, "introspection").messages, gate(costs, "introspection").messages_per_check) == (0, 2.0)
    assert gate(costs, "introspection,ttl=5").messages_per_check < 2.0
    assert (gate(costs, "push").messages, gate(costs, "push").messages_per_check) == (1, 0.0)
    for name in ("pull", "cutoff", "key-rotation", "status-list"):
        assert gate(costs, name).messages == 2, name
        assert gate(costs, name).wire_bytes > 0, name


def test_memory_is_held_where_it_should_be(costs: Costs) -> None:
    (plain,) = (each for each in costs.authority if not each.lists)
    assert 100 < plain.bytes_per_live < 2000
    assert gate(costs, "push").bytes_per_revoked > 20
    assert gate(costs, "introspection,ttl=5").bytes_per_live > 20
    assert gate(costs, "expiry-only").bytes_per_live < 20


def test_every_scope_is_revoked_and_stops_something(costs: Costs) -> None:
    scopes = {
        "token", "family", "tester", "issued before", "issued before, at once", "issued before, later", "cohort",
        "key", "all",
    }
    assert {(row[0], row[1]) for row in mass(costs)} == {(scope, name) for scope in scopes for name in MASS}
    assert all(each.stopped > 0 for each in costs.mass)
    assert {len(row) for row in mass(costs)} == {len(mass_headings(costs))} == {5}
    (key,) = (each for each in costs.mass if (each.scope, each.enforcement) == ("token", "in-process"))
    assert key.stopped == 1


def test_recovery_reads_every_event(costs: Costs) -> None:
    (row,) = recovery(costs)
    assert int(row[1].replace(",", "")) > SIZE * 1.1
    assert costs.recovery[0].snapshot_bytes > 0


def test_the_page_names_the_machine_and_says_how_to_read_it(costs: Costs) -> None:
    text = page(costs)
    assert costs.machine.cpu in text
    assert costs.machine.python in text
    for heading in ("# What revocation costs", "## Memory, work and messages", "## Mass revocation", "## Recovery"):
        assert heading in text
    assert all(line.startswith("|") == line.endswith("|") for line in text.splitlines() if line)


def test_each_step_is_told(costs: Costs, steps: list[str]) -> None:
    assert len(steps) == STEPS
    assert all(step.startswith(f"{SIZE}:") for step in steps)


def test_the_command_writes_the_page_and_the_figures(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SIZES", (SIZE,))
    ended = CliRunner().invoke(app, ["bench", "cost", "--json", "--out", str(tmp_path / "pages" / "costs.md")])
    assert ended.exit_code == 0, ended.output
    written = (tmp_path / "pages" / "costs.json").read_bytes()
    assert msgspec.json.decode(written, type=Costs) == msgspec.json.decode(ended.stdout, type=Costs)
    assert (tmp_path / "pages" / "costs.md").read_text("utf-8").startswith("# What revocation costs")
