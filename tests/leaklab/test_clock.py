"""Real time, and real time made faster."""

from __future__ import annotations

import pytest

import leaklab.clock as clock_module
from leaklab.clock import FastClock, SystemClock


class Machine:
    """A machine whose two clocks are set by hand."""

    def __init__(self) -> None:
        self.wall, self.monotonic_seconds = 1_800_000_000.0, 50.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.monotonic_seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(clock_module, "time", machine)
    return machine


def test_the_clock_starts_at_the_wall_and_runs_with_the_machine(machine: Machine) -> None:
    clock = SystemClock()
    machine.monotonic_seconds += 7.5
    assert clock.now() == 1_800_000_007.5


def test_setting_the_wall_clock_back_does_not_turn_time_back(machine: Machine) -> None:
    clock = SystemClock()
    machine.wall -= 3600
    machine.monotonic_seconds += 1
    assert clock.now() == 1_800_000_001.0


def test_a_fast_clock_runs_ahead_from_where_it_was_made(machine: Machine) -> None:
    clock = FastClock(60.0)
    machine.monotonic_seconds += 2
    assert clock.now() == 1_800_000_120.0


def test_a_fast_clock_goes_on_from_a_range_that_lies_ahead_and_never_goes_back(machine: Machine) -> None:
    clock = FastClock(60.0)
    clock.catch_up(1_800_001_000.0)
    assert clock.now() == 1_800_001_000.0
    clock.catch_up(1_799_999_000.0)
    machine.monotonic_seconds += 2
    assert clock.now() == 1_800_001_120.0
