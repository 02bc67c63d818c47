"""The plan played in virtual time: the same views, the same load, delays as they were measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp
from random import Random

from msgspec import Struct

from mock_api.core.access_tokens import Claims
from mock_api.core.authority import Authority, Surroundings
from mock_api.core.enforcement import InProcess
from mock_api.core.errors import Refusal
from mock_api.core.events import Event
from mock_api.core.notices import Version
from mock_api.core.scopes import TokenScope
from policy_lab.agenda import Agenda, Process
from policy_lab.clock import VirtualClock
from policy_lab.gates import Fronts
from policy_lab.history import Findings, Request, Revocation, check
from policy_lab.ids import CountingIds, StreamSecrets
from policy_lab.parts import Gates, LogNormal
from policy_lab.streams import Streams
from policy_lab.truth import GateAccount
from policy_lab.vault import MemoryVault

from .plan import Ask, Plan

BY = "lag"


class Delays(Struct, frozen=True, kw_only=True):
    """Network and waiting, as measured. One way: `feed` to a gate, `request` to a gate; both ways: the others."""

    feed: LogNormal
    answer: LogNormal                              # a question of a gate and its answer
    acknowledge: LogNormal                         # a revocation and its acknowledgement
    request: LogNormal


class Simulated(Struct):
    """What the simulation found, and what the views cost."""

    findings: Findings
    look_ups: int = 0
    messages: int = 0
    bytes_moved: int = 0


class Simulation:
    """One play of a plan."""

    def __init__(self, plan: Plan, delays: Delays, replication: int) -> None:
        self._plan, self._delays = plan, delays
        streams = Streams(plan.seed, replication)
        self._luck = streams.stream("lag/delays")
        self._clock = VirtualClock()
        self._agenda, ids = Agenda(self._clock), CountingIds()
        surroundings = Surroundings(
            clock=self._clock, streams=streams, ids=ids, secrets=StreamSecrets(streams.stream("secrets")),
            vault=MemoryVault(),
        )
        self.requests: list[Request] = []
        self.revocations: list[Revocation] = []
        self._claims: dict[int, Claims] = {}
        self._versions: dict[int, Version] = {}
        self._fronts = None
        log: Callable[[Event], object] = _forget
        if not isinstance(plan.policy.enforcement, InProcess):
            lines = Gates(
                count=plan.gates, feed_delay=delays.feed, answer_delay=delays.answer, loss=0.0, skew=0.0
            )
            self._fronts = Fronts(lines, _forget)
            log = self._fronts.log
        self._authority = Authority(surroundings, log)
        self._authority.open(plan.policy)
        self._keys = self._authority.operator.invite_many(plan.revocations, "victims", by=BY)
        if self._fronts is not None:
            self._fronts.open(self._authority, plan.policy, self._agenda, streams)

    def run(self) -> None:
        """Play it."""
        starts_at = self._clock.instant
        for step in self._plan.steps():
            act = self._buy if step.what == "buy" else self._revoke
            self._agenda.call(starts_at + step.at, act, step.token)
        self._agenda.start(self._load(starts_at))
        self._agenda.run(starts_at + self._plan.duration + 1.0)

    def accounts(self) -> list[GateAccount]:
        """What each gate spent."""
        return [] if self._fronts is None else [gate.account() for gate in self._fronts.gates]

    def _load(self, starts_at: float) -> Process:
        for ask in self._plan.asks():
            pause = starts_at + ask.at - self._clock.instant
            if pause > 0.0:
                yield pause
            takes = drawn(self._delays.request, self._luck)
            self._agenda.call(self._clock.instant + takes, self._judge, ask, self._clock.instant, takes)

    def _buy(self, token: int) -> None:
        invited = self._keys[token]
        public = self._authority.public
        grant = public.issue_access_token(invited.tester_id, invited.tester_key, None, BY)
        self._claims[token] = self._authority.access_tokens.decode(grant.access_token)

    def _revoke(self, token: int) -> None:
        sent, takes = self._clock.instant, drawn(self._delays.acknowledge, self._luck)
        self._agenda.call(sent + takes / 2, self._revoke_now, token, sent, takes)

    def _revoke_now(self, token: int, sent: float, takes: float) -> None:
        jti = self._claims[token].jti
        self._authority.responder.revoke(TokenScope(jti), "lag", BY)
        version = self._authority.feed.version
        self.revocations.append(Revocation((jti,), sent, sent + takes, str(version)))
        self._agenda.call(sent + takes, self._versions.__setitem__, token, version)

    def _judge(self, ask: Ask, started: float, takes: float) -> None:
        claims, now = self._claims[ask.token], self._clock.instant
        at_least = self._versions.get(ask.token) if ask.demands else None
        status, code = 200, ""
        try:
            if self._fronts is None:
                self._authority.gate.examine(claims, now)
            else:
                self._fronts.gates[ask.gate].decide_at_least(claims, now, at_least)
        except Refusal as refusal:
            status, code = refusal.status, refusal.code
        gate = self._plan.gate_names[ask.gate]
        demanded = None if at_least is None else str(at_least)
        self.requests.append(Request(started, started + 2 * takes, gate, claims.jti, status, code, demanded))


def simulate(plan: Plan, delays: Delays, replications: int = 1) -> Simulated:
    """Play the plan so many times, with gates that fetch at other instants each time; lags are pooled."""
    plays = list(_plays(plan, delays, replications))
    first = plays[0]
    first.findings.lags = [lags for each in plays for lags in each.findings.lags]
    first.findings.violated = sum(each.findings.violated for each in plays)
    return first


def _plays(plan: Plan, delays: Delays, replications: int) -> Iterator[Simulated]:
    for replication in range(replications):
        simulation = Simulation(plan, delays, replication)
        simulation.run()
        spent = simulation.accounts()
        yield Simulated(
            check(simulation.requests, simulation.revocations, plan.bound),
            sum(each.look_ups for each in spent),
            sum(each.messages for each in spent),
            sum(each.bytes_moved for each in spent),
        )


def drawn(delay: LogNormal, stream: Random) -> float:
    """A delay, seconds."""
    return delay.median * exp(delay.sigma * stream.gauss(0.0, 1.0))


def _forget(_event: object) -> None:
    """Nobody reads the log of a simulated lag."""
