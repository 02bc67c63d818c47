"""People who copy the front end. The secret is not copied along, so their copies serve nobody."""

from __future__ import annotations

from random import Random

from policy_lab.agenda import Process
from policy_lab.parts import Mirrors
from policy_lab.ports import Copies, FrontEnd, Stage
from policy_lab.spread import KERNEL, poisson

LOOKS_EVERY = 60.0


def mirror_makers(
    front_end: FrontEnd, copies: Copies, habits: Mirrors, stage: Stage, luck: Random
) -> Process:
    """Put up copies at a rate per visitor, up to a number; each copy is tried by a few people."""
    known, opened = front_end.visitors(), 0
    while opened < habits.at_most:
        yield LOOKS_EVERY
        visitors = front_end.visitors()
        wanted = poisson(luck, (visitors - known) * habits.per_thousand_visitors / 1000.0)
        known = visitors
        for _ in range(min(wanted, habits.at_most - opened)):
            opened += 1
            mirror_id = copies.open_mirror()
            for _ in range(poisson(luck, habits.visits)):
                stage.start(_visit(copies, mirror_id), KERNEL.delay(luck.random()))


def _visit(copies: Copies, mirror_id: str) -> Process:
    copies.visit_mirror(mirror_id)
    yield from ()
