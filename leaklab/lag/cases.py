"""What `leaklab lag` measures: each enforcement with parameters so short that many revocations fit into a minute."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from leaklab.enforcements import enforcement_named
from mock_api.core.enforcement import Enforcement, ExpiryOnly
from mock_api.core.policy import Policy, Quota
from policy_lab.lag import Plan

SHORT_LIFE = 1.2       # seconds that a token lives where nothing else ends it
ORDINARY_LIFE = 3600.0
PLENTY = Quota(requests_per_minute=1_000_000)

CASES = {
    "in-process": "in-process",
    "introspection": "introspection",
    "introspection-cached": "introspection,ttl=0.3",
    "push": "push",
    "pull": "pull,every=0.3,timeout=1",
    "status-list": "status-list,ttl=0.3,timeout=1",
    "cutoff": "cutoff,every=0.3,timeout=1",
    "key-rotation": "key-rotation,max_age=0.3,timeout=1",
    "freshness": "freshness,every=0.3,timeout=1",
    "expiry-only": "expiry-only",
}
"""Name → enforcement as the command line writes it."""


class Case(Struct, frozen=True):
    """One line of the table."""

    name: str
    enforcement: Enforcement
    token_lifetime: float

    def plan(self, *, gates: int, rate: float, seconds: float, seed: int) -> Plan:
        """A plan that takes about so many seconds."""
        cycle = _cycle(self.enforcement)
        policy = Policy(
            name=f"lag-{self.name}", enforcement=self.enforcement, token_lifetime=self.token_lifetime, quota=PLENTY
        )
        revocations = max(3, int(seconds / cycle))
        return Plan(policy=policy, gates=gates, rate=rate, revocations=revocations, cycle=cycle, seed=seed)


def _cycle(enforcement: Enforcement) -> float:
    """Seconds per token: three times what a gate may hold an answer for, so that any instant of it may be hit."""
    if isinstance(enforcement, ExpiryOnly):
        return 1.6 * SHORT_LIFE
    periods = (getattr(enforcement, name, 0.0) for name in ("every", "ttl", "max_age"))
    return max(0.4, 3.0 * max(periods))


def cases(wanted: Sequence[str]) -> list[Case]:
    """The cases of these names, all for none; `NAME,key=value` is one of its own. Raises Problem."""
    found = []
    for text in wanted or CASES:
        enforcement = enforcement_named(CASES.get(text, text))
        lifetime = SHORT_LIFE if isinstance(enforcement, ExpiryOnly) else ORDINARY_LIFE
        found.append(Case(text, enforcement, lifetime))
    return found
