"""The two-sided score: harm averted *and* collateral caused. Revoking everyone at once does not win.

Both sides are shares between named baselines. *No response* (the policy `no-response`, same seed and
replication) has averted nothing and cut off nobody. *Perfect response* refuses the leaked credential the
instant it is out and touches nobody else: no harm, no collateral; it needs no run.
"""

from __future__ import annotations

from msgspec import Struct

from .figures import Ledger


class Score(Struct, frozen=True):
    """Shares from 0 to 1, None where there was nothing to avert or nobody to hurt.

    `harm_averted`: 1 is the perfect response, 0 no response, below 0 worse than that. `collateral_caused`: of
    the time that innocent testers had from the leak to the horizon, the part a response took; 0 is perfect.
    """

    harm_averted: float | None
    collateral_caused: float | None


def score(ledger: Ledger, no_response: Ledger, harm: str = "outputs_escaped") -> Score:
    """Score a run against its no-response twin by one field of harm."""
    unanswered = getattr(no_response, harm)
    averted = 1 - getattr(ledger, harm) / unanswered if unanswered else None
    if ledger.leaked_at is None or ledger.horizon_at is None or not ledger.innocent_testers:
        return Score(averted, None)
    minutes = ledger.innocent_testers * (ledger.horizon_at - ledger.leaked_at) / 60
    return Score(averted, ledger.tester_minutes_lost / minutes if minutes else None)
