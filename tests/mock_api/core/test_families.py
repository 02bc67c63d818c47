"""Whatever happens, in any order: at most one pair of a family can go on, and what is revoked stays so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mock_api.core.errors import Refusal
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.policy import Refresh
from mock_api.core.scopes import CohortScope, FamilyScope, IssuedBeforeScope, Scope, TesterScope, TokenScope
from mock_api.core.token_exchange import ACCESS, TESTER_KEY, Exchange

GRACE = 30.0
RULES = (
    Refresh(), Refresh(grace=GRACE), Refresh(on_reuse="refuse"), Refresh(grace=GRACE, on_reuse="revoke_tester"),
    Refresh(idle=600.0, lifetime=3000.0), Refresh(grace=GRACE, bound_to_client=False),
)
WHO = st.integers(0, 1)
WHICH = st.integers(0, 1000)


class Lineage:
    """What a plain reading of the rules says of one family."""

    def __init__(self, who: int, grant: TokenGrant) -> None:
        self.who = who
        self.history = [grant]      # in the order in which they were given
        self.used: set[str] = set()
        self.void: set[str] = set()  # replaced by a retry
        self.dead = False


class Sessions(RuleBasedStateMachine):
    """Two testers, several families, thieves who copy every token, and responders."""

    open_range: Callable[..., Any]

    @initialize(knobs=st.sampled_from(RULES))
    def begin(self, knobs: Refresh) -> None:
        self.knobs = knobs
        self.range = self.open_range(refresh=knobs)
        self.people: list[tuple[str, str]] = [self.range.invite(cohort) for cohort in ("artists", "red-team")]
        self.lineages: list[Lineage] = []
        self.exchanged: list[tuple[Lineage | None, str]] = []

    @property
    def door(self) -> Any:
        return self.range.authority.client

    def applicant(self, who: int) -> Applicant:
        return Applicant(*self.people[who], "192.0.2.1 curl/8")

    def lineage(self, which: int) -> Lineage | None:
        return self.lineages[which % len(self.lineages)] if self.lineages else None

    def family_id(self, lineage: Lineage) -> str | None:
        family = self.range.authority.families.of(str(lineage.history[0].refresh_token))
        return None if family is None else family.family_id

    def can_be_refreshed(self, lineage: Lineage) -> list[str]:
        """The refresh tokens of a lineage that introspection calls active."""
        texts = [str(grant.refresh_token) for grant in lineage.history]
        return [text for text in texts if self.door.introspect(text).active]

    @rule(seconds=st.sampled_from([0.5, 10.0, GRACE, 400.0, 1500.0]))
    def wait(self, seconds: float) -> None:
        self.range.clock.advance(seconds)

    @rule(who=WHO)
    def exchange_key(self, who: int) -> None:
        with suppress(Refusal):
            grant = self.door.exchange(self.applicant(who), Exchange(self.people[who][1], TESTER_KEY))
            self.lineages.append(Lineage(who, grant))

    @rule(which=WHICH, ages=st.lists(st.integers(0, 2), min_size=2, max_size=4))
    def hurry(self, which: int, ages: list[int]) -> None:
        """Several uses at one instant: retries, and thieves."""
        for age in ages:
            self.refresh(which, age)

    @rule(which=WHICH, age=st.integers(0, 3))
    def refresh(self, which: int, age: int) -> None:
        """Somebody comes with the newest token, or an older one."""
        lineage = self.lineage(which)
        if lineage is None:
            return
        text = str(lineage.history[max(0, len(lineage.history) - 1 - age)].refresh_token)
        with suppress(Refusal):
            newest = lineage.history[-1]
            lineage.history.append(self.door.refresh(self.applicant(lineage.who), text))
            assert not lineage.dead, "a dead family was refreshed"
            assert text not in lineage.void, "what a retry had replaced was refreshed"
            if text in lineage.used:
                lineage.void.add(str(newest.refresh_token))
                assert not self.door.introspect(newest.access_token).active
            lineage.used.add(text)

    @rule(which=WHICH, age=st.integers(0, 2))
    def exchange_access(self, which: int, age: int) -> None:
        lineage = self.lineage(which)
        if lineage is None:
            return
        subject = lineage.history[max(0, len(lineage.history) - 1 - age)].access_token
        with suppress(Refusal):
            token = self.door.exchange(Applicant(None, None, "-"), Exchange(subject, ACCESS)).access_token
            assert not lineage.dead, "a token of a dead family was exchanged"
            self.exchanged.append((lineage, token))

    @rule(which=WHICH, kind=st.sampled_from(["family", "tester", "cohort", "issued_before", "by_client"]))
    def stop(self, which: int, kind: str) -> None:
        lineage = self.lineage(which)
        family_id = None if lineage is None else self.family_id(lineage)
        if lineage is None or family_id is None:
            return
        tester_id = self.people[lineage.who][0]
        if kind == "by_client":
            with suppress(Refusal):
                self.door.revoke(str(lineage.history[0].refresh_token), self.applicant(lineage.who))
                lineage.dead = True
            return
        scopes: dict[str, Scope] = {
            "family": FamilyScope(family_id), "tester": TesterScope(tester_id),
            "cohort": CohortScope(("artists", "red-team")[lineage.who]),
            "issued_before": IssuedBeforeScope(self.range.clock.now()),
        }
        self.range.authority.responder.revoke(scopes[kind], "leaked", "operator")
        for each in self.lineages:
            each.dead |= each is lineage or kind == "issued_before" or (kind != "family" and each.who == lineage.who)

    @rule(which=WHICH)
    def revoke_access(self, which: int) -> None:
        lineage = self.lineage(which)
        if lineage is not None:
            with suppress(Refusal):
                jti = self.range.jti(lineage.history[-1].access_token)
                self.range.authority.responder.revoke(TokenScope(jti), "leaked", "operator")

    @rule(who=WHO)
    def reissue(self, who: int) -> None:
        with suppress(Refusal):
            tester_id = self.people[who][0]
            key = self.range.authority.operator.reissue_key(tester_id, "operator").tester_key
            self.people[who] = tester_id, key
            self.range.clock.advance(1.0)

    @invariant()
    def no_two_refresh_tokens_of_a_family_are_live_but_within_the_grace(self) -> None:
        for lineage in getattr(self, "lineages", ()):
            active = self.can_be_refreshed(lineage)
            assert len(active) <= (2 if self.knobs.grace else 1)
            if len(active) == 2:  # The retry of the one would end the other.
                assert active[-1] == lineage.history[-1].refresh_token

    @invariant()
    def what_descends_from_the_dead_is_dead(self) -> None:
        for lineage in getattr(self, "lineages", ()):
            if lineage.dead:
                assert not self.can_be_refreshed(lineage)
                assert not any(self.door.introspect(grant.access_token).active for grant in lineage.history)
        for parent, token in getattr(self, "exchanged", ()):
            assert parent is None or not parent.dead or not self.door.introspect(token).active

    @invariant()
    def a_reuse_was_the_end(self) -> None:
        """Once a spent token came back out of grace, the family, or the tester, is dead, unless it is only refused."""
        if not hasattr(self, "range") or self.knobs.on_reuse == "refuse":
            return
        reused = {event.family_id for event in self.range.events if type(event).__name__ == "RefreshTokenReused"}
        for lineage in self.lineages:
            if self.family_id(lineage) in reused:
                lineage.dead = True

    @invariant()
    def a_replay_knows_the_same_families(self) -> None:
        if hasattr(self, "range"):
            self.range.authority.settle()
            replayed = self.range.replayed()
            replayed.settle()
            assert replayed.families.families == self.range.authority.families.families
            assert replayed.families._by_series.keys() == self.range.authority.families._by_series.keys()
            assert replayed.families._by_tester == self.range.authority.families._by_tester
            assert replayed.register.revoked == self.range.authority.register.revoked


@pytest.mark.slow
def test_no_family_ever_has_two_lives(open_range: Callable[..., Any]) -> None:
    Sessions.open_range = staticmethod(open_range)
    repeatable = settings(max_examples=150, stateful_step_count=30, deadline=None, derandomize=True)
    run_state_machine_as_test(Sessions, settings=repeatable)
