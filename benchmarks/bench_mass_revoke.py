"""What it costs to stop a hundred thousand tokens at once, and whether more of them would cost more.

Timed is the responder's call as a whole: the blast radius, the outputs, the event and what it changes. Tokens are
recorded as events, as a replay would. Each revocation follows its dry run, as a responder's does. Between two cutoffs
by instant some time passes, in which what one leaves for later is done; a second one at once has a row of its own.
"""

from __future__ import annotations

import gc
import time

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.events import TesterActivated, TesterInvited, TesterKeyIssued, TokenIssued
from mock_api.core.grants import EVERYTHING
from mock_api.core.policy import Policy
from mock_api.core.scopes import AllScope, CohortScope, IssuedBeforeScope, Scope, TesterScope

from .bench_gate import NOW, ORIGIN, Lab, forget
from .rows import Row

FEW, MANY, MASS = 1_000, 1_000_000, 100_000
COHORTS = tuple(f"cohort {number}" for number in range(12))  # The first has most of the testers.
RANGES, EACH = 3, 8  # ranges of either size; revocations by each scope on each
REST = 600.0         # seconds between two revocations
AT_ONCE = "issued before, a second at once"


class Laboratory(Lab):
    """A lab whose clock moves when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.instant = NOW

    def now(self) -> float:
        return self.instant


def open_range(tokens: int, testers: int) -> tuple[Authority, Laboratory]:
    """An authority with so many tokens of so many testers; nothing in it is secret."""
    lab = Laboratory()
    authority = Authority(Surroundings(clock=lab, streams=lab, ids=lab, secrets=lab, vault=lab), forget)
    authority.open(Policy(name="bench"))
    kid = authority.keyring.ensure(NOW).kid
    ids = [lab.new("tester") for _ in range(testers)]
    for number, tester_id in enumerate(ids):
        # One in twenty-two is in each of the small cohorts, and as many testers' worth of tokens.
        cohort = COHORTS[number % 22 + 1 if number % 22 < len(COHORTS) - 1 else 0]
        authority.record(TesterInvited(NOW - 9.0, tester_id, "Ada", cohort, None, "bench"))
        authority.record(TesterKeyIssued(NOW - 9.0, lab.new("tkey"), tester_id, lab.new("hash")))
        authority.record(TesterActivated(NOW - 8.0, tester_id))
    for number in range(tokens):
        at = NOW - 2.0 + number / tokens
        authority.record(TokenIssued(at, lab.new("at"), ids[number % testers], kid, at + 1e6, EVERYTHING, ORIGIN))
    return authority, lab


def scopes(authority: Authority) -> dict[str, list[Scope]]:
    """The scopes that cut off by an instant, narrow ones first: each still finds tokens to stop."""
    testers = [each for each in authority.programme.testers.values() if each.cohort == COHORTS[0]]
    instants = [NOW - 2.0 + (number + 1) / 32 for number in range(EACH + 1)]
    return {
        "tester": [TesterScope(each.tester_id) for each in testers[:EACH]],
        "issued before": [IssuedBeforeScope(instant) for instant in instants[:-1]],
        AT_ONCE: [IssuedBeforeScope(instants[-1])],
        "cohort": [CohortScope(cohort) for cohort in COHORTS[1:EACH + 1]],
        "all": [AllScope()],
    }


def revoke_time(authority: Authority, scope: Scope) -> float:
    """Seconds that one revocation takes to be acknowledged."""
    began = time.perf_counter()
    outcome = authority.responder.revoke(scope, "leaked", "bench")
    took = time.perf_counter() - began
    assert outcome.blast_radius.tokens
    return took


def times(tokens: int, testers: int) -> dict[str, float]:
    """Seconds for each scope, the fastest of some."""
    authority, lab = open_range(tokens, testers)
    gc.collect()
    gc.freeze()  # A collection over a million tokens in one round and not in the other would be noise.
    taken = {}
    for name, each in scopes(authority).items():
        of_scope = []
        for scope in each:
            if name == "issued before":
                lab.instant += REST
                authority.settle()
            if name != AT_ONCE:
                authority.responder.revoke(scope, "what if", "bench", dry_run=True)
            of_scope.append(revoke_time(authority, scope))
        taken[name] = min(of_scope)
    gc.unfreeze()
    return taken


def mass_time(testers: int) -> float:
    """Seconds to revoke the big cohort, which holds `MASS` tokens."""
    authority, _ = open_range(MASS * 2 + 22, testers)
    gc.collect()
    radius = authority.responder.revoke(CohortScope(COHORTS[0]), "what if", "bench", dry_run=True).blast_radius
    assert radius.tokens >= MASS, radius
    return revoke_time(authority, CohortScope(COHORTS[0]))


def measure() -> list[Row]:
    """The worst of three mass revocations; the best of the rest, few and many in turn, with few testers and many."""
    rows = []
    for testers in (220, MASS * 2 + 22):
        took = max(mass_time(testers) for _ in range(3))
        held_by = "a hundred testers" if testers == 220 else f"{MASS:,} testers"
        rows.append(Row(f"revoke {MASS:,} tokens of {held_by} by cohort", took * 1e3, 50.0, "lower", "ms"))
    for per_tester in (10_000, 10):
        few_testers, many_testers = max(220, FEW // per_tester), max(220, MANY // per_tester)
        pairs = [(times(FEW, few_testers), times(MANY, many_testers)) for _ in range(RANGES)]
        for name in pairs[0][0]:
            at_few, at_many = (min(pair[side][name] for pair in pairs) for side in (0, 1))
            target = None if name == AT_ONCE else 1.5
            title = f"revoke by {name}, {many_testers:,} testers"
            rows.append(Row(f"{title}: {MANY:,} tokens / {FEW:,}", at_many / at_few, target, "lower"))
            rows.append(Row(f"{title}: at {MANY:,} tokens", at_many * 1e6, unit="µs"))
    return rows
