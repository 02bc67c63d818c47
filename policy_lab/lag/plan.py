"""What is asked and revoked, and when: an open-model load on tokens that are revoked one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from mock_api.core.enforcement import Freshness, InProcess
from mock_api.core.policy import Policy
from policy_lab.streams import Streams

WARM_UP = 1.0          # seconds before the first cycle
AHEAD = 0.25           # seconds before its cycle at which a token is bought
LEADS = (0.1, 0.45)    # of a cycle before the revocation: drawn, so that it keeps step with no gate that fetches
ON_VICTIM = 0.6        # share of the load on the token whose turn it is; the rest is on tokens revoked before
REMEMBERED = 20        # tokens revoked before that are still asked with
DEMANDING = 0.5        # share of the requests that carry the version, once there is one, where gates look at it


class Step(NamedTuple):
    """Buy or revoke token number `token`, `at` seconds from the start."""

    at: float
    what: Literal["buy", "revoke"]
    token: int


class Ask(NamedTuple):
    """Ask with token number `token` at gate number `gate` (from 0); `demands` a view that knows of its revocation."""

    at: float
    gate: int
    token: int
    demands: bool


class Plan(Struct, frozen=True, kw_only=True):
    """`revocations` tokens, one a `cycle` (seconds), at `rate` requests per second on all gates together."""

    policy: Policy
    gates: int
    rate: float
    revocations: int
    cycle: float
    seed: int = 1

    @property
    def duration(self) -> float:
        """Seconds from the first request to the last."""
        return WARM_UP + self.revocations * self.cycle

    @property
    def bound(self) -> float:
        """What the enforcement declares, seconds."""
        return self.policy.enforcement.bound(self.policy.token_lifetime)

    @property
    def gate_names(self) -> tuple[str, ...]:
        """The gates in front; the authority's own where there are none."""
        if isinstance(self.policy.enforcement, InProcess):
            return ("authority",)
        return tuple(f"gate-{number}" for number in range(1, self.gates + 1))

    def steps(self) -> list[Step]:
        """What to buy and to revoke, in the order of time."""
        stream = Streams(self.seed, 0).stream("lag/steps")
        found = []
        for token in range(self.revocations):
            starts_at = WARM_UP + token * self.cycle
            found.append(Step(starts_at - AHEAD, "buy", token))
            found.append(Step(starts_at + self.cycle * stream.uniform(*LEADS), "revoke", token))
        return sorted(found)

    def asks(self, share: float = 1.0, name: str = "") -> Iterator[Ask]:
        """The requests, a Poisson process; a load process asks its `share` of them, under a `name` of its own."""
        stream = Streams(self.seed, 0).stream(f"lag/asks{name}")
        gates, demanding = len(self.gate_names), isinstance(self.policy.enforcement, Freshness)
        at, rate, end = WARM_UP, self.rate * share, self.duration
        while (at := at + stream.expovariate(rate)) < end:
            victim = int((at - WARM_UP) / self.cycle)
            before = min(victim, REMEMBERED)
            on_victim, back = stream.random() < ON_VICTIM or not before, stream.random()
            token = victim if on_victim else victim - 1 - int(back * before)
            demands = stream.random() < DEMANDING and demanding
            yield Ask(at, int(stream.random() * gates), token, demands)
