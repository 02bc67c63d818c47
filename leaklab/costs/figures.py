"""The figures, and how each is measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from statistics import median
from typing import TypeVar

import msgspec
from msgspec import Struct

from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement.questions import Snapshot
from mock_api.core.events import Revoked
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

from .front import Front
from .stand import COHORTS, FAMILIES, Bytes, Stand

AT_ONCE, LATER = "issued before, at once", "issued before, later"
CHECKS = 10_000          # tokens judged in a round
ROUNDS = 5
REVOKED_AT_MOST = 100_000
Result = TypeVar("Result")


class AuthorityCost(Struct, frozen=True):
    """Bytes that the authority holds, per live and per singly revoked token; nanoseconds of its own check."""

    lists: bool                  # whether tokens have places in status lists
    tokens: int
    bytes_per_live: float
    bytes_per_revoked: float
    check_ns: float


class GateCost(Struct, frozen=True):
    """What one gate in front costs. Bytes of memory per token; nanoseconds and messages per check, bytes on the wire.

    `messages` and `wire_bytes` are those of one revoked token, until the gate has heard of it.
    """

    enforcement: str
    tokens: int
    revoked: int                 # singly, while the rest was measured
    bytes_per_live: float
    bytes_per_revoked: float
    check_ns: float
    messages_per_check: float
    messages: int
    wire_bytes: int


class MassCost(Struct, frozen=True):
    """How long one revocation took to be acknowledged at the authority, and how many tokens it stopped."""

    enforcement: str
    tokens: int
    scope: str
    stopped: int
    microseconds: float


def gate_cost(stand: Stand, name: str, revoked: list[Claims], victim: Claims) -> GateCost:
    """The cost of a gate in front of a stand on which `revoked` were revoked; then `victim` is revoked, too."""
    live = stand.claims(len(stand.authority.programme.tokens) - len(revoked))
    with Bytes() as loaded:
        front = Front(stand)
        front.keep_up()
    with Bytes() as of_live:
        _each(front.judge, live)
    with Bytes() as of_revoked:
        _each(front.judge, revoked)
    sample, before = live[:CHECKS], front.messages
    check_ns = _fastest(lambda: _each(front.judge, sample)) / len(sample)
    per_check = (front.messages - before) / (ROUNDS * len(sample))
    messages, wire_bytes = _one_more(stand, front, victim)
    return GateCost(
        name, len(live) + len(revoked), len(revoked), of_live.count / len(live),
        (loaded.count + of_revoked.count) / len(revoked), check_ns, per_check, messages, wire_bytes,
    )


def authority_cost(stand: Stand, lists: bool) -> tuple[AuthorityCost, list[Claims]]:
    """What the authority holds, and the claims of the tokens that were revoked one by one to see it."""
    tokens = len(stand.authority.programme.tokens)
    chosen = [stand.claims_of(token) for token in islice(stand.tokens, min(REVOKED_AT_MOST, max(1, tokens // 10)))]
    sample = stand.claims(min(CHECKS, tokens - len(chosen)))
    now, examine = stand.clock.now(), stand.authority.gate.examine
    check_ns = _fastest(lambda: _each(lambda claims: examine(claims, now), sample)) / len(sample)
    with Bytes() as taken:
        for number, claims in enumerate(chosen):
            stand.authority.record(Revoked(now, f"rev_{number}", TokenScope(claims.jti), "leaked", "bench", None))
    return AuthorityCost(lists, tokens, stand.live_bytes, taken.count / len(chosen), check_ns), chosen


def mass_costs(stand: Stand, name: str) -> Iterator[MassCost]:
    """One revocation after the other, narrow ones first, so that each finds something to stop."""
    tokens = len(stand.authority.programme.tokens)
    for scope_name, scopes in _scopes(stand).items():
        taken, stopped = [], 0
        for scope in scopes:
            if scope_name == LATER:
                stand.rest()
            if scope_name != AT_ONCE:  # As a responder does; what comes at once finds nothing prepared.
                stand.authority.responder.revoke(scope, "what if", "bench", dry_run=True)
            began = time.perf_counter_ns()
            outcome = stand.authority.responder.revoke(scope, "leaked", "bench")
            taken.append(time.perf_counter_ns() - began)
            stopped = max(stopped, outcome.blast_radius.tokens)
        yield MassCost(name, tokens, scope_name, stopped, median(taken) / 1e3)


def median_costs(same: Sequence[MassCost]) -> MassCost:
    """The median of several measurements of the same."""
    return sorted(same, key=lambda each: each.microseconds)[len(same) // 2]


def snapshot_start(stand: Stand) -> tuple[int, float, float]:
    """A gate's start: bytes of the snapshot, seconds to make it at the authority, seconds to load it at the gate."""
    began = time.perf_counter()
    text = msgspec.json.encode(stand.authority.gates.snapshot())
    made = time.perf_counter()
    snapshot = msgspec.json.decode(text, type=Snapshot)
    front = Front(stand)
    wanted = front.view.wants()
    assert wanted is not None  # noqa: S101 - a view that follows the feed wants its snapshot first.
    front.view.learn(wanted[1], snapshot, stand.clock.now())
    return len(text), made - began, time.perf_counter() - made


def _one_more(stand: Stand, front: Front, claims: Claims) -> tuple[int, int]:
    """Revoke one more token; messages and bytes until the gate's view is up to date."""
    feed, seq = stand.authority.feed, stand.authority.feed.seq
    front.messages = front.bytes = 0
    stand.authority.responder.revoke(TokenScope(claims.jti), "leaked", "bench")
    front.hear(list(feed.since(seq) or ()))
    front.pass_a_period()
    return front.messages, front.bytes


def _scopes(stand: Stand) -> dict[str, list[Scope]]:
    authority, tokens = stand.authority, list(stand.authority.programme.tokens.values())
    families = list(authority.families.families)[:FAMILIES]
    middle = tokens[len(tokens) // 4].issued_at
    return {
        "token": [TokenScope(token.jti) for token in tokens[-25:-5]],
        "family": [FamilyScope(family_id) for family_id in families],
        "tester": [TesterScope(tester_id) for tester_id in stand.testers[-FAMILIES * 2:-FAMILIES]],
        "issued before": [IssuedBeforeScope(middle)],
        AT_ONCE: [IssuedBeforeScope(middle + (tokens[-1].issued_at - middle) / 16)],
        LATER: [IssuedBeforeScope(middle + (tokens[-1].issued_at - middle) / 8)],
        "cohort": [CohortScope(cohort) for cohort in COHORTS[:2]],
        "key": [KeyScope(tokens[0].kid)],
        "all": [AllScope()],
    }


def _each(act: Callable[[Claims], Result], sample: list[Claims]) -> None:
    for claims in sample:
        act(claims)


def _fastest(work: Callable[[], None]) -> float:
    """Nanoseconds of the fastest of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter_ns()
        work()
        taken.append(time.perf_counter_ns() - began)
    return float(min(taken))
