"""How long each gate in front went on admitting what a response had covered, and what its view cost.

Unlike the incident's enforcement lag this needs no ground truth: every covered token counts, whoever used it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from mock_api.core.errors import ViewStale
from mock_api.core.events import (
    ProgrammePaused,
    ProgrammeResumed,
    RequestAdmitted,
    RequestRefused,
    Revoked,
    Suspended,
    SuspensionLifted,
    TesterInvited,
    TesterLeft,
    TokenIssued,
)
from mock_api.core.scopes import TesterScope, TokenScope
from policy_lab.truth import GateAccount

from .coverage import Response
from .incident import Incident

COSTS: Final = ("look_ups", "messages", "bytes_moved", "bytes_held")


class GateLags:
    """Follows the responses that gates must learn of, and every request that a gate in front decided."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self._cohorts: dict[str, str] = {}
        self._tokens: dict[str, TokenIssued] = {}
        self._by_jti: dict[str, list[Response]] = {}
        self._wider: list[Response] = []           # what is aimed at more than one token
        self._suspensions: dict[str, Response] = {}
        self._stale: dict[str | None, int] = {}    # tester -> refused by a stale view
        self.lags: dict[str, float] = {}           # gate -> seconds; of every gate that decided anything
        self.admitted: dict[str, int] = {}         # gate -> requests let in
        self.late: dict[str, int] = {}             # gate -> … although a response covered the token
        self.refused: dict[str, int] = {}
        self.accounts: dict[str, GateAccount] = {}

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What it listens to."""
        return {
            TesterInvited: self.apply_invited, TokenIssued: self.apply_issued, Revoked: self.apply_revoked,
            Suspended: self.apply_suspended, SuspensionLifted: self.apply_lifted,
            ProgrammePaused: self.apply_paused, ProgrammeResumed: self.apply_resumed, TesterLeft: self.apply_left,
            RequestAdmitted: self.apply_admitted, RequestRefused: self.apply_refused, GateAccount: self.apply_account,
        }

    def figures(self, _horizon_at: float) -> dict[str, Any]:
        """The worst gate and its lag, never a mean; costs only where gates gave account."""
        leaked, responded = self._incident.leaked_testers, bool(self._by_jti or self._wider)
        lags = self.lags if responded else {}
        lag = max(lags.values(), default=None)
        worst = min((gate for gate in lags if lag and lags[gate] == lag), default=None)
        costs = {
            f"gate_{name}": sum(getattr(account, name) for account in self.accounts.values()) for name in COSTS
        } if self.accounts else {}
        return {
            "gates": len(self.lags),
            "worst_gate": worst,
            "worst_gate_lag": lag,
            "gate_lag_spread": None if lag is None else lag - min(lags.values()),
            "gate_admitted_late": sum(self.late.values()),
            "legitimate_requests_refused_stale": sum(
                count for tester_id, count in self._stale.items() if tester_id not in leaked
            ),
            **costs,
        }

    # --- what gates must learn of ---------------------------------------------------------------------------

    def apply_invited(self, event: TesterInvited) -> None:
        """Remember the cohort: a scope may name it."""
        self._cohorts[event.tester_id] = event.cohort

    def apply_issued(self, event: TokenIssued) -> None:
        """Remember the token."""
        self._tokens[event.jti] = event

    def apply_revoked(self, event: Revoked) -> None:
        """From now on gates should refuse what the scope covers."""
        response = Response(event.scope, event.at)
        if isinstance(event.scope, TokenScope):
            self._by_jti.setdefault(event.scope.jti, []).append(response)
        else:
            self._wider.append(response)

    def apply_suspended(self, event: Suspended) -> None:
        """The same for a while."""
        response = self._suspensions[event.suspension_id] = Response(event.scope, event.at, event.until, True)
        self._wider.append(response)

    def apply_lifted(self, event: SuspensionLifted) -> None:
        """The suspension is over."""
        response = self._suspensions.pop(event.suspension_id, None)
        if response is not None:
            response.end = min(response.end, event.at)

    def apply_paused(self, event: ProgrammePaused) -> None:
        """Gates should refuse everybody."""
        self._wider.append(Response(None, event.at, standing=True))

    def apply_resumed(self, event: ProgrammeResumed) -> None:
        """The pause is over."""
        for response in self._wider:
            if response.scope is None:
                response.end = min(response.end, event.at)

    def apply_left(self, event: TesterLeft) -> None:
        """Gates should refuse the tester for good."""
        self._wider.append(Response(TesterScope(event.tester_id), event.at, standing=True))

    # --- what gates do --------------------------------------------------------------------------------------

    def apply_admitted(self, event: RequestAdmitted) -> None:
        """Count what a gate in front let in; late is what a response covered by then."""
        gate = event.gate
        if gate is None:
            return
        self.admitted[gate] = self.admitted.get(gate, 0) + 1
        lag = max(self._covered_for(event.jti, event.at), default=None) if self._wider or self._by_jti else None
        if lag is not None:
            self.late[gate] = self.late.get(gate, 0) + 1
        self.lags[gate] = max(self.lags.get(gate, 0.0), lag or 0.0)

    def apply_refused(self, event: RequestRefused) -> None:
        """A gate that refuses works too; a stale view is what failing closed costs the innocent."""
        if event.gate is None:
            return
        self.lags.setdefault(event.gate, 0.0)
        self.refused[event.gate] = self.refused.get(event.gate, 0) + 1
        if event.code == ViewStale.code and event.origin not in self._incident.strangers:
            self._stale[event.tester_id] = self._stale.get(event.tester_id, 0) + 1

    def apply_account(self, event: GateAccount) -> None:
        """What its view cost; the last account counts."""
        self.accounts[event.gate] = event
        self.lags.setdefault(event.gate, 0.0)

    def _covered_for(self, jti: str, at: float) -> Iterator[float]:
        """For how long (seconds) each response has covered the token by `at`."""
        token = self._tokens.get(jti)
        responses = self._by_jti.get(jti, [])
        if token is not None:
            cohort = self._cohorts.get(token.tester_id, "")
            responses = [*responses, *(each for each in self._wider if each.covers_token(token, cohort))]
        return (at - each.start for each in responses if each.start < at < each.end)
