"""What it costs to stop a hundred thousand tokens at once, and whether more of them would cost more.

Timed is the responder's call as a whole: the blast radius, the outputs, the event and what it changes. Tokens are
recorded as events, as a replay would; each range is revoked once, for what is revoked already costs less.
"""

from __future__ import annotations

import gc
import time
from statistics import median

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.events import TesterActivated, TesterInvited, TesterKeyIssued, TokenIssued
from mock_api.core.grants import EVERYTHING
from mock_api.core.policy import Policy
from mock_api.core.scopes import AllScope, CohortScope, IssuedBeforeScope, Scope, TesterScope

from .bench_gate import NOW, ORIGIN, Lab, forget
from .rows import Row

FEW, MANY, MASS = 1_000, 1_000_000, 100_000
COHORTS = ("artists", "red team")
ROUNDS = 15


def open_range(tokens: int, testers: int) -> Authority:
    """An authority with so many tokens of so many testers, in two cohorts; nothing in it is secret."""
    lab = Lab()
    authority = Authority(Surroundings(clock=lab, streams=lab, ids=lab, secrets=lab, vault=lab), forget)
    authority.open(Policy(name="bench"))
    kid = authority.keyring.ensure(NOW).kid
    ids = [lab.new("tester") for _ in range(testers)]
    for number, tester_id in enumerate(ids):
        cohort = COHORTS[number * 10 // testers == 9]  # Nine of ten are artists.
        authority.record(TesterInvited(NOW - 9.0, tester_id, "Ada", cohort, None, "bench"))
        authority.record(TesterKeyIssued(NOW - 9.0, lab.new("tkey"), tester_id, lab.new("hash")))
        authority.record(TesterActivated(NOW - 8.0, tester_id))
    for number in range(tokens):
        at = NOW - 2.0 + number * 1e-6
        authority.record(TokenIssued(at, lab.new("at"), ids[number % testers], kid, at + 3600.0, EVERYTHING, ORIGIN))
    return authority


def scopes(authority: Authority) -> dict[str, Scope]:
    """The scopes that cut off by an instant. Whatever is revoked later lies within none of those before."""
    last = list(authority.programme.testers)[-1]
    return {
        "tester": TesterScope(last), "issued before": IssuedBeforeScope(NOW - 1.9995),
        "cohort": CohortScope(COHORTS[0]), "all": AllScope(),
    }


def revoke_time(authority: Authority, scope: Scope) -> float:
    """Seconds that one revocation takes to be acknowledged."""
    began = time.perf_counter()
    outcome = authority.responder.revoke(scope, "leaked", "bench")
    took = time.perf_counter() - began
    assert not outcome.already
    return took


def times(tokens: int, testers: int) -> dict[str, float]:
    """Seconds for each scope, one after the other, narrow ones first; each finds tokens to stop."""
    authority = open_range(tokens, testers)
    gc.collect()
    gc.freeze()  # A collection over a million tokens in one round and not in the other would be noise.
    taken = {name: revoke_time(authority, scope) for name, scope in scopes(authority).items()}
    gc.unfreeze()
    return taken


def mass_time(testers: int) -> float:
    """Seconds to revoke a cohort that holds `MASS` tokens."""
    authority = open_range(MASS * 10 // 9, testers)
    gc.collect()
    radius = authority.responder.revoke(CohortScope(COHORTS[0]), "what if", "bench", dry_run=True).blast_radius
    assert radius.tokens >= MASS - testers // 10
    return revoke_time(authority, CohortScope(COHORTS[0]))


def measure() -> list[Row]:
    """The worst of three mass revocations; medians of the rest, few and many in turn."""
    rows = []
    for testers in (100, MASS):
        took = max(mass_time(testers) for _ in range(3))
        rows.append(Row(f"revoke {MASS:,} tokens of {testers:,} testers by cohort", took * 1e3, 50.0, "lower", "ms"))
    few = [times(FEW, 100) for _ in range(ROUNDS)]
    many = [times(MANY, 100) for _ in range(2)]
    few += [times(FEW, 100) for _ in range(ROUNDS)]
    for name in few[0]:
        at_few, at_many = median(each[name] for each in few), median(each[name] for each in many)
        rows.append(Row(f"revoke by {name}: {MANY:,} tokens / {FEW:,}", at_many / at_few, 1.5, "lower"))
        rows.append(Row(f"revoke by {name}: at {MANY:,} tokens", at_many * 1e6, unit="µs"))
    return rows
