"""A range full of tokens, in one process and in virtual time, with nothing in it but what is measured."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice

from msgspec.structs import replace

from mock_api.core.access_tokens import Claims
from mock_api.core.authority import Authority, Surroundings
from mock_api.core.enforcement import Enforcement
from mock_api.core.events import Event, TesterActivated, TesterInvited, TesterKeyIssued, TokenIssued
from mock_api.core.grants import EVERYTHING
from mock_api.core.policy import Policy, Quota
from mock_api.core.programme import IssuedToken
from policy_lab.clock import VirtualClock
from policy_lab.ids import CountingIds, StreamSecrets
from policy_lab.streams import Streams
from policy_lab.vault import MemoryVault

COHORTS = ("artists", "film makers", "red team", "press", "partners")
PER_TESTER = 10     # tokens
FAMILIES = 5        # refresh-token families among them
LIFETIME = 86_400.0  # seconds; nothing expires while it is measured
REST = 60.0         # seconds
ORIGIN = "192.0.2.7 bench"


def forget(_: Event) -> None:
    """A log that keeps nothing."""


class Stand:
    """An authority with `count` live tokens: ten to a tester, five cohorts, two signing keys with half of them each.

    `live_bytes`: what a token takes; 0.0 unless it is weighed, which takes time.
    """

    def __init__(
        self, enforcement: Enforcement, count: int, log: Callable[[Event], object] = forget,
        *, weigh: bool = False,
    ) -> None:
        streams = Streams(seed=1, replication=0)
        self.clock = VirtualClock()
        self._ids = CountingIds()
        self.surroundings = Surroundings(
            clock=self.clock, streams=streams, ids=self._ids, secrets=StreamSecrets(streams.stream("secrets")),
            vault=MemoryVault(),
        )
        self.authority = Authority(self.surroundings, log)
        quota = Quota(requests_per_minute=10**9, live_tokens=10**9)
        self.policy = Policy(name="cost", enforcement=enforcement, token_lifetime=LIFETIME, quota=quota)
        self.authority.open(self.policy)
        self.testers = [self._invite(number) for number in range(max(len(COHORTS), count // PER_TESTER))]
        if weigh:
            with Bytes() as taken:
                self._fill(count)
            self.live_bytes = taken.count / (count - FAMILIES)
        else:
            self.live_bytes = 0.0
            self._fill(count)
        self._add_families()
        self.clock.advance_to(self.clock.now() + 1.0)

    def adopt(self, enforcement: Enforcement) -> None:
        """Put another enforcement in force; what was issued stays as it is."""
        self.policy = replace(self.policy, enforcement=enforcement)
        self.authority.operator.adopt_policy(self.policy, "bench")

    def rest(self) -> None:
        """Let some time pass, so that what was left for later is done."""
        self.clock.advance_to(self.clock.now() + REST)
        self.authority.settle()

    @property
    def tokens(self) -> Iterator[IssuedToken]:
        """The tokens in the books, oldest first."""
        return iter(self.authority.programme.tokens.values())

    def claims(self, count: int) -> list[Claims]:
        """What the newest `count` tokens say, as a gate reads it."""
        tokens = self.authority.programme.tokens.values()
        return [self.claims_of(token) for token in islice(reversed(tokens), count)]

    def claims_of(self, token: IssuedToken) -> Claims:
        """What a token says, as a gate reads it."""
        uri = self.authority.status_lists.uri
        status = None if token.place is None else (uri(token.place.number), token.place.index)
        return Claims(
            token.jti, token.tester_id, token.kid, token.issued_at, token.expires_at, token.scope, token.cohort,
            token.family, None, status,
        )

    def _invite(self, number: int) -> str:
        record, now, ids = self.authority.record, self.clock.now(), self._ids
        tester_id = ids.new("tester")
        record(TesterInvited(now, tester_id, f"Tester {number}", COHORTS[number % len(COHORTS)], None, "bench"))
        record(TesterKeyIssued(now, ids.new("tkey"), tester_id, ids.new("hash")))
        record(TesterActivated(now, tester_id))
        return tester_id

    def _fill(self, count: int) -> None:
        for number in range(count - FAMILIES):
            if number == count // 2:
                self.authority.operator.rotate_key("bench")
            self._issue(self.testers[number % len(self.testers)], None)
            self.clock.advance_to(self.clock.now() + 1e-4)

    def _add_families(self) -> None:
        """The last few tokens, each exchanged for one of the oldest."""
        for subject in list(islice(self.tokens, FAMILIES)):
            family = self.authority.families.descend(subject, self.clock.now())
            self._issue(subject.tester_id, None if family is None else family.family_id)

    def _issue(self, tester_id: str, family: str | None) -> None:
        now, authority = self.clock.now(), self.authority
        kid = authority.keyring.ensure(now).kid
        index = authority.status_lists.draw(now)
        authority.record(TokenIssued(
            now, self._ids.new("at"), tester_id, kid, now + LIFETIME, EVERYTHING, ORIGIN, family, index
        ))


class Bytes:
    """How many bytes more are held after a stretch of work than before it."""

    def __enter__(self) -> Bytes:
        gc.collect()
        tracemalloc.start()
        self._before, _ = tracemalloc.get_traced_memory()
        self.count = 0
        return self

    def __exit__(self, *exception: object) -> None:
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.count = max(0, after - self._before)
