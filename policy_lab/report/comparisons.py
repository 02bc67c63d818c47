"""Every policy against the first one, paired by replication, and what may be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, to_builtins

from policy_lab.estimates import Estimate, decides, paired_difference, verdict

from .account import Account, leaked, paired
from .measures import BY_NAME, Measure

_INCIDENT = (
    "time_to_stop",
    "misuse_renders",
    "outputs_escaped",
    "outputs_escaped_unapproved",
    "accepted_after_decision",
    "testers_cut_off",
    "tester_minutes_lost",
    "legitimate_requests_refused",
    "legitimate_outputs_lost",
    "legitimate_minutes_held",
)


_QUIET = (
    "false_alerts",
    "testers_cut_off",
    "tester_minutes_lost",
    "legitimate_requests_refused",
    "legitimate_requests_limited",
    "legitimate_outputs_lost",
    "legitimate_minutes_held",
)


def compared_figures(accounts: Sequence[Account]) -> list[Measure]:
    """What policies are compared by: harm, collateral and time to stop; without a leak, what they cost."""
    return [BY_NAME[name] for name in (_INCIDENT if leaked(accounts) else _QUIET)]


class Comparison(Struct):
    """A figure of the ledger under `policy`, minus the same under `baseline`, replication by replication."""

    policy: str
    baseline: str
    measure: Measure
    difference: Estimate

    @property
    def short(self) -> str:
        """The verdict in a word or two; no winner is named where the interval covers zero."""
        found = self.difference
        if found.mean is None:
            return "no run gives both"
        if found.half_width is None:
            return "one run cannot tell"
        if found.mean == found.half_width == 0:
            return "the same in every run"
        if not decides(found):
            return "may be chance"
        word = "lower" if found.mean < 0 else "higher"
        if found.missing:  # Where a run of one policy gives no value, the rest are not all that may be said.
            return f"{word} in the {found.replications} runs that give both"
        return f"{word} ({'better' if found.mean < 0 else 'worse'})"

    def as_json(self) -> dict[str, Any]:
        """As it stands in `summary.json`."""
        in_seconds = " in seconds" if self.measure.unit == "seconds" else ""
        return {
            "policy": self.policy,
            "baseline": self.baseline,
            "measure": self.measure.name,
            "difference": to_builtins(self.difference),
            "decides": decides(self.difference),
            "verdict": verdict(self.difference, self.measure.name + in_seconds, self.policy, self.baseline),
        }


def least(accounts: Sequence[Account], name: str) -> tuple[list[str], bool]:
    """The policies that may have the smallest figure called `name`, and whether that is more than chance.

    Each is held, replication by replication, against the one with the smallest mean; none is ruled out by
    an interval that covers zero. Sure are a single one, and several that are the same in every run.
    """
    means = [(mean, account) for account in accounts if (mean := account.estimated(name).mean) is not None]
    if not means:
        return [], True
    _, best = min(means, key=lambda found: found[0])
    against = {account.policy.name: paired_difference(*paired(account, best, name)) for _, account in means}
    left = [policy for policy, found in against.items() if not decides(found)]
    return left, all(against[policy].mean == against[policy].half_width == 0 for policy in left)


def compared(accounts: Sequence[Account]) -> list[Comparison]:
    """Every policy after the first against the first, figure by figure."""
    baseline, *others = accounts
    return [
        Comparison(
            other.policy.name, baseline.policy.name, measure, paired_difference(*paired(other, baseline, measure.name))
        )
        for other in others
        for measure in compared_figures(accounts)
    ]
