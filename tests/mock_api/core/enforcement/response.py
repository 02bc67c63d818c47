"""A range in which responders do whatever comes to their minds, and since when each token is stopped."""

from __future__ import annotations

from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement import Enforcement, ExpiryOnly, KeyRotation, Push
from mock_api.core.errors import ClientInvalid, Refusal
from mock_api.core.events import SigningKeyRetired
from mock_api.core.reach import Reach
from mock_api.core.scopes import KeyScope, Scope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

ANY = st.integers(0, 10**6)

WEATHER = {  # whether notices come, how late (seconds) pulses and answers do
    "fair": (True, 0.0, 0.0),
    "notices lost": (False, 0.0, 0.0),
    "notices lost and nobody to ask": (False, 0.0, inf),
    "slow": (True, 4.0, 4.0),
    "slow and notices lost": (False, 4.0, inf),
    "cut off": (False, inf, inf),
}


class Response(RuleBasedStateMachine):
    """Four testers with their tokens, and everything that may happen to them."""

    def __init__(self, opened: Range, declared: Enforcement) -> None:
        super().__init__()
        self.range, self.declared = opened, declared
        self.people = [opened.invite(("artists", "red-team")[number % 2]) for number in range(4)]
        self.tokens: list[str] = []
        for number in range(4):
            self.issue(number)

    # --- what happens ---------------------------------------------------------------------------------------

    @rule(number=ANY)
    def issue(self, number: int) -> None:
        """A tester buys a token, if they can; one whose key is gone gets a new one first."""
        tester_id, key = self.people[number % 4]
        with suppress(Refusal):
            try:
                self.tokens.append(self.range.token(tester_id, key))
            except ClientInvalid:
                key = self.range.authority.operator.reissue_key(tester_id, "operator").tester_key
                self.people[number % 4] = tester_id, key
                self.tokens.append(self.range.token(tester_id, key))

    @rule(number=ANY, kind=st.sampled_from(["token", "token", "tester", "cohort", "issued_before", "key", "all"]))
    def revoke(self, number: int, kind: str) -> None:
        """A revocation around some token."""
        with suppress(Refusal):
            self.range.authority.responder.revoke(self.range.scope_around(self.some(number), kind), "leak", "operator")

    @rule(
        number=ANY, seconds=st.floats(1.0, 60.0),
        how=st.sampled_from(["token", "tester", "cohort", "issued_before", "all", "lift", "lift", "switch", "leave"]),
    )
    def stop_for_a_while_or_go_on(self, number: int, seconds: float, how: str) -> None:
        """A suspension around some token, the end of one, the kill switch, or somebody leaves."""
        responder = self.range.authority.responder
        with suppress(Refusal):
            if how == "lift":
                in_force = responder.suspensions()
                responder.lift(in_force[number % len(in_force)].suspension_id if in_force else "none", "operator")
            elif how == "switch" and self.range.authority.register.paused:
                responder.resume("over", "operator")
            elif how == "switch":
                responder.pause("leak", "operator")
            elif how == "leave":
                self.range.authority.operator.remove_tester(self.people[number % 4][0], "operator")
            else:
                responder.suspend(self.range.scope_around(self.some(number), how), seconds, "odd", "operator")

    # --- what is true ---------------------------------------------------------------------------------------

    def stopped_at(self, token: str) -> float:
        """When the authority acknowledged the oldest of what stops this token now and gates are to know; inf: none."""
        register, claims, now = self.range.authority.register, self.claims(token), self.range.clock.now()
        if isinstance(self.declared, ExpiryOnly):
            return inf
        stops: list[tuple[float, Scope, float]] = [
            *((each.at, each.scope, each.at) for each in register.revocations.values()),
            *((each.at, KeyScope(each.kid), each.at) for each in self.range.of(SigningKeyRetired)),
        ]
        if isinstance(self.declared, KeyRotation):
            return min((at for at, scope, _ in stops if scope == KeyScope(claims.kid)), default=inf)
        # A suspension ends by the gate's clock: one that is ahead ends it early.
        early = 1.0 if isinstance(self.declared, Push) else 0.0
        stops += [(each.at, each.scope, inf) for each in register.suspensions.values() if each.until > now + early]
        instants = [at for at, scope, cutoff in stops if covers(claims, scope, cutoff)]
        left_at = self.range.authority.programme.testers[claims.tester_id].left_at
        paused_at = None if register.pause is None else register.pause.at
        return min([*instants, *(at for at in (left_at, paused_at) if at is not None)], default=inf)

    def own_verdict(self, token: str) -> str:
        """What the authority's own gate says of the token itself."""
        authority, claims = self.range.authority, self.claims(token)
        try:
            authority.gate.examine(claims, authority.settle())
        except Refusal as refusal:
            return refusal.code
        return "admitted" if authority.programme.testers[claims.tester_id].left_at is None else "tester_inactive"

    def claims(self, token: str) -> Claims:
        """What the token says."""
        return self.range.authority.access_tokens.decode(token)

    def some(self, number: int) -> str:
        """One of the tokens."""
        return self.tokens[number % len(self.tokens)]


def covers(claims: Claims, scope: Scope, cutoff: float) -> bool:
    """Whether a stop of `scope` covers the token."""
    reach = Reach()
    reach.add(scope, cutoff)
    return reach.covers(claims)
