"""Measures every enforcement at every size."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from leaklab.enforcements import NAMES, enforcement_named
from leaklab.opening import replay
from mock_api.core.access_tokens import Claims
from mock_api.core.authority import Authority
from mock_api.core.enforcement import InProcess, Push
from mock_api.journal import Journal
from mock_api.journal.journal import BUFFER_LIMIT

from .figures import (
    AuthorityCost,
    GateCost,
    MassCost,
    authority_cost,
    gate_cost,
    mass_costs,
    median_costs,
    snapshot_start,
)
from .machine import Machine, this_machine
from .stand import Stand, forget

SIZES = (1_000, 10_000, 100_000, 1_000_000)
IN_FRONT = (*(name for name in NAMES if name != "in-process"), "introspection,ttl=5")
# Where more is done at each revocation. The old key goes on for a while, or the first one would leave nothing to stop.
MASS = ("in-process", "status-list", "key-rotation,overlap=3600")
AGAIN, SMALL = 5, 10_000  # stands of each kind up to so many tokens, for the median
STEPS = len(IN_FRONT) + 2 + len(MASS) + 1  # for each size

Tick = Callable[[str], None]


class RecoveryCost(Struct, frozen=True):
    """Seconds until an authority has its state again from `events` in an SQLite journal; and a gate from a snapshot."""

    tokens: int
    events: int
    seconds: float
    snapshot_bytes: int
    snapshot_made: float
    snapshot_loaded: float


class Costs(Struct, frozen=True):
    """All figures of one measurement."""

    machine: Machine
    authority: list[AuthorityCost]
    gates: list[GateCost]
    mass: list[MassCost]
    recovery: list[RecoveryCost]


def measured(sizes: Sequence[int], tick: Tick) -> Costs:
    """The costs at each size; `tick` is told of each step when it begins."""
    costs = Costs(this_machine(), [], [], [], [])
    for size in sizes:
        _measure_gates(size, tick, costs)
        for name in MASS:
            tick(f"{size:,}: mass revocation, {name}")
            rounds = [_mass(name, size) for _ in range(AGAIN if size <= SMALL else 1)]
            costs.mass.extend(median_costs(same) for same in zip(*rounds, strict=True))
        tick(f"{size:,}: recovery")
        costs.recovery.append(_recovery(size))
    return costs


def _measure_gates(size: int, tick: Tick, costs: Costs) -> None:
    for lists in (False, True):
        tick(f"{size:,}: authority" + (", status lists" if lists else ""))
        stand = Stand(enforcement_named("status-list") if lists else InProcess(), size, weigh=True)
        at_authority, revoked = authority_cost(stand, lists)
        costs.authority.append(at_authority)
        names = ["status-list"] if lists else [name for name in IN_FRONT if name != "status-list"]
        for name, victim in zip(_key_rotation_last(names), _victims(stand, len(revoked)), strict=False):
            tick(f"{size:,}: {name}")
            if not lists:
                stand.adopt(enforcement_named(name))
            costs.gates.append(gate_cost(stand, name, revoked, victim))


def _mass(name: str, size: int) -> list[MassCost]:
    return list(mass_costs(Stand(enforcement_named(name), size), name))


def _key_rotation_last(names: list[str]) -> list[str]:
    """It stops every token there is."""
    return sorted(names, key=lambda name: name == "key-rotation")


def _victims(stand: Stand, revoked: int) -> Iterator[Claims]:
    return map(stand.claims_of, list(islice(stand.tokens, revoked, revoked + len(NAMES))))


def _recovery(size: int) -> RecoveryCost:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "journal.sqlite"
        journal = Journal(place, buffer_limit=10 * size + BUFFER_LIMIT)
        stand = Stand(InProcess(), size, journal)
        authority_cost(stand, False)
        journal.close()
        began = time.perf_counter()
        journal = Journal(place)
        replay(Authority(stand.surroundings, forget), journal)
        seconds = time.perf_counter() - began
        events = journal.position
        journal.close()
    stand.adopt(Push())
    return RecoveryCost(size, events, seconds, *snapshot_start(stand))
