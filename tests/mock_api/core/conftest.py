"""What the core is handed in its tests: a clock one sets, names that count, secrets and luck that repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from random import Random
from typing import TypeVar

import pytest

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.events import Event
from mock_api.core.gate import Caller
from mock_api.core.policy import Policy
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

Kind = TypeVar("Kind")
YEAR_2100 = 4_102_444_800.0  # Far from today: code that reads the wall clock by mistake fails loudly.
ORIGIN = "192.0.2.7 curl/8"


@dataclass
class SettableClock:
    """A clock that stands still until told otherwise."""

    instant: float = YEAR_2100

    def now(self) -> float:
        return self.instant

    def advance(self, seconds: float) -> None:
        self.instant += seconds


class CountingIds:
    """Ids `prefix_1`, `prefix_2`, …"""

    def __init__(self) -> None:
        self._number = count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}_{next(self._number)}"


class SeededStreams:
    """One generator for each name, seeded by the name."""

    def __init__(self) -> None:
        self._streams: dict[str, Random] = {}

    def stream(self, name: str) -> Random:
        if name not in self._streams:
            self._streams[name] = Random(blake2b(name.encode()).digest())
        return self._streams[name]


class SeededSecrets:
    """Bytes that repeat from run to run."""

    def __init__(self) -> None:
        self._random = Random(1)

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


class MemoryVault:
    """A vault that is gone with the test."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self._secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self._secrets[name] = secret


@dataclass
class Range:
    """An authority with everything around it in reach of a test."""

    clock: SettableClock = field(default_factory=SettableClock)
    vault: MemoryVault = field(default_factory=MemoryVault)
    ids: CountingIds = field(default_factory=CountingIds)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.authority = self.fresh_authority(self.events)

    def fresh_authority(self, log: list[Event]) -> Authority:
        """Another authority that knows nothing yet, in the same surroundings."""
        surroundings = Surroundings(
            clock=self.clock, streams=SeededStreams(), ids=self.ids, secrets=SeededSecrets(), vault=self.vault
        )
        return Authority(surroundings, log.append)

    def replayed(self) -> Authority:
        """What a restart makes of the events so far."""
        authority = self.fresh_authority([])
        authority.replay(self.events)
        return authority

    def invite(self, cohort: str = "artists") -> tuple[str, str]:
        """A new tester: the id and the key."""
        invited = self.authority.operator.invite("Ada", cohort, by="operator")
        return invited.tester_id, invited.tester_key

    def token(self, tester_id: str, tester_key: str, scope: str | None = None) -> str:
        """A fresh access token."""
        return self.authority.public.issue_access_token(tester_id, tester_key, scope, ORIGIN).access_token

    def tester_with_token(self, cohort: str = "artists") -> tuple[str, str]:
        """A new active tester: the id and an access token."""
        tester_id, tester_key = self.invite(cohort)
        return tester_id, self.token(tester_id, tester_key)

    def jti(self, token: str) -> str:
        """The id of an access token."""
        return self.authority.access_tokens.decode(token).jti

    def admit(self, token: str | None, action: str = "videos.list") -> None:
        """Knock at the gate with a token; raises what the gate raises."""
        now = self.authority.settle()
        self.authority.gate.admit(Caller(token, ORIGIN), action, now)

    def scope_around(self, token: str, kind: str) -> Scope:
        """The scope of that kind that covers the token."""
        claims = self.authority.access_tokens.decode(token)
        scopes: dict[str, Scope] = {
            "token": TokenScope(claims.jti),
            "tester": TesterScope(claims.tester_id),
            "cohort": CohortScope(self.authority.programme.testers[claims.tester_id].cohort),
            "issued_before": IssuedBeforeScope(claims.issued_at),
            "key": KeyScope(claims.kid),
            "all": AllScope(),
        }
        return scopes[kind]

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


def pytest_pycollect_makeitem(obj: object) -> list[pytest.Item] | None:
    """Collect no classes: what is called Tester… here comes from the programme, and tests are functions."""
    return [] if isinstance(obj, type) else None


@pytest.fixture(scope="session")
def open_range() -> Callable[..., Range]:
    """Opens a range under the default policy with some knobs turned."""

    def open_with(**knobs: object) -> Range:
        opened = Range()
        opened.authority.open(Policy(name="test", **knobs))  # type: ignore[arg-type]  # Knobs of many types.
        return opened

    return open_with


@pytest.fixture
def the_range(open_range: Callable[..., Range]) -> Range:
    """A range under the default policy."""
    return open_range()
