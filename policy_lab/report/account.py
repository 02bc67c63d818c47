"""One design point, read for the report: its first run event by event, its figures over all replications."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from mock_api.core.quantities import DAY, HOUR
from policy_lab.estimates import Estimate, estimate
from policy_lab.ledger import Ledger
from policy_lab.ledger.gates import GateLags
from policy_lab.ledger.harm import Harm
from policy_lab.ledger.incident import Incident
from policy_lab.ledger.listening import hear
from policy_lab.runs import DesignPointResult

from .approvals import Approvals
from .queues import Queues
from .spread import Spread
from .traffic import Traffic
from .watch import Watch


class Account:
    """What page and figures are drawn from. Instants are epoch seconds; `zero` is the leak, or the start."""

    def __init__(self, result: DesignPointResult) -> None:
        self.result = result
        self.policy, self.scenario = result.policy, result.scenario
        incident = Incident()
        harm = Harm(incident)
        self.traffic = Traffic(incident, harm)
        self.spread = Spread(incident)
        self.queues = Queues()
        self.approvals = Approvals(result.policy.approval.mode)
        self.watch = Watch()
        self.gates = GateLags(incident)
        # Whose requests and videos are strangers' is the ledger's to say, here as in its figures.
        parts = (self.traffic, self.spread, self.queues, self.approvals, self.watch, self.gates)
        hear(result.events, incident, harm, *parts)

    @cached_property
    def ledgers(self) -> list[Ledger]:
        """The ledgers of the replications that did not fail, in order."""
        return [run.ledger for run in self.result.replications if run.ledger is not None]

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of the run whose events are shown: the first replication, empty if that one failed."""
        first = self.result.replications[0].ledger if self.result.replications else None
        return first or Ledger(events=len(self.result.events))

    @property
    def end(self) -> float:
        """Where the run ended."""
        last = float(getattr(self.result.events[-1], "at", 0.0)) if self.result.events else 0.0
        return self.ledger.horizon_at if self.ledger.horizon_at is not None else last

    @property
    def start(self) -> float:
        """Where the run began."""
        first = float(getattr(self.result.events[0], "at", 0.0)) if self.result.events else self.end
        return first if self.ledger.horizon_at is None else min(first, self.end - self.scenario.horizon)

    @property
    def zero(self) -> float:
        """The instant that all times on the page count from."""
        return self.start if self.ledger.leaked_at is None else self.ledger.leaked_at

    @property
    def counted_from(self) -> str:
        """What `zero` is, in words."""
        return "the start of the run" if self.ledger.leaked_at is None else "the leak"

    @property
    def replications(self) -> int:
        """How many runs gave a ledger."""
        return len(self.ledgers)

    def minute(self, at: float) -> float:
        """Minutes from `zero` to `at`, to the hundredth: finer than any figure shows."""
        return round((at - self.zero) / 60, 2)

    def local_time(self, at: float) -> float:
        """Seconds since the local midnight before the run: what a clock on the wall of the story shows."""
        return self.scenario.opens_hour * HOUR + (at - self.start)

    def day(self, at: float) -> int:
        """On which day of the story `at` lies, counted from 1."""
        return int(self.local_time(at) // DAY) + 1

    def values(self, name: str) -> list[float | None]:
        """The figure called `name` in every replication that gave a ledger."""
        return [getattr(ledger, name) for ledger in self.ledgers]

    def estimated(self, name: str) -> Estimate:
        """The estimate of the figure called `name` over the replications."""
        return estimate(self.values(name))


def leaked(accounts: Sequence[Account]) -> bool:
    """Whether anything leaked in any run of any of them."""
    return any(ledger.leaked_at is not None for account in accounts for ledger in account.ledgers)


def paired(first: Account, second: Account, name: str) -> tuple[list[float | None], list[float | None]]:
    """The figure called `name` under both policies, in the replications that gave a ledger under both."""
    mine = _by_replication(first, name)
    theirs = _by_replication(second, name)
    both: Sequence[int] = [number for number in mine if number in theirs]
    return [mine[number] for number in both], [theirs[number] for number in both]


def _by_replication(account: Account, name: str) -> dict[int, float | None]:
    return {run.replication: getattr(run.ledger, name) for run in account.result.replications if run.ledger is not None}
