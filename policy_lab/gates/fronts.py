"""All gates in front of one simulated range: made, fed, and in the end asked what they spent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mock_api.core import museum
from mock_api.core.enforcement import InProcess
from mock_api.core.enforcement.point import EnforcementPoint
from mock_api.core.events import Event
from policy_lab.parts import Gates
from policy_lab.streams import Streams

from .answers import Answers
from .gate import SimulatedGate
from .link import Link
from .pulses import Feed, Pulses

if TYPE_CHECKING:
    from mock_api.core.authority import Authority
    from mock_api.core.policy import Policy
    from policy_lab.agenda import Agenda

PATIENCE = 2.0         # seconds; what a gate waits for an answer where its enforcement does not say


class Fronts:
    """The gates that a scenario places, with views kept as the policy says.

    Make it, hand `log` to the authority as its log, and `open` it once the authority is open.
    """

    def __init__(self, plan: Gates, keep: Callable[[Event], object]) -> None:
        self.names = tuple(f"gate-{number}" for number in range(1, plan.count + 1))
        self.gates: list[SimulatedGate] = []
        self._plan, self._keep = plan, keep
        self._authority: Authority | None = None
        self._changes: frozenset[type] = frozenset()

    def log(self, event: Event) -> None:
        """Keep the event; if it moved the revocation feed, tell the gates."""
        self._keep(event)
        if event.__class__ in self._changes:
            self._publish()

    def open(self, authority: Authority, policy: Policy, agenda: Agenda, streams: Streams) -> None:
        """Place the gates in front of the open `authority`, each with a first view."""
        now, declared, answers = agenda.clock.instant, policy.enforcement, Answers(authority)
        assert not isinstance(declared, InProcess)  # noqa: S101 - the world asks for gates only where there are some
        self._authority, self._changes = authority, frozenset(authority.feed.appliers())
        self._feed, self._seq = Feed(authority.feed.name, authority.feed.seq, now), authority.feed.seq
        every = getattr(declared, "pulse", None)
        rhythm = next((getattr(declared, name) for name in ("every", "ttl", "max_age") if hasattr(declared, name)), 0.0)
        for number, name in enumerate(self.names, start=1):
            link = Link(self._plan, number, streams, now)
            point = EnforcementPoint(name, declared.view())
            if policy.exhibits:
                museum.hang_at_gate(point, policy.exhibits)
            gate = SimulatedGate(
                point, link, answers, agenda,
                timeout=getattr(declared, "timeout", PATIENCE),
                pulses=None if every is None else Pulses(self._feed, link, every),
            )
            self.gates.append(gate)
            authority.gate.attach(name, gate.decide)
            gate.start(link.phase * rhythm)

    def close(self, tell: Callable[[object], object]) -> None:
        """Tell what each gate has spent."""
        for gate in self.gates:
            tell(gate.account())

    def _publish(self) -> None:
        assert self._authority is not None  # noqa: S101 - nothing changes before it is open
        feed = self._authority.feed
        notices = feed.since(self._seq) or ()
        self._seq = feed.seq
        self._feed.published(self._seq, self._authority.clock.now())
        for notice in notices:
            for gate in self.gates:
                gate.told(notice)
