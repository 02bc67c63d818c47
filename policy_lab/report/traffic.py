"""How busy it was: the instants that the epidemic curve counts."""

from __future__ import annotations

from frontend_proxy.core.events import SubmissionQueued, VisitorArrived
from mock_api.core.events import RenderStarted, RequestAdmitted, RequestRefused
from policy_lab.ledger.harm import Harm
from policy_lab.ledger.incident import Incident
from policy_lab.ledger.listening import Applier


class Traffic:
    """Instants (epoch seconds) of what strangers and testers did, by kind."""

    def __init__(self, incident: Incident, harm: Harm) -> None:
        self._strangers = incident.strangers
        self._stolen = harm.stolen
        self.visitors: list[float] = []
        self.submissions: list[float] = []
        self.stranger_requests: list[float] = []
        self.stranger_renders: list[float] = []
        self.stranger_refusals: list[float] = []
        self.tester_requests: list[float] = []
        self.tester_refusals: list[float] = []

    def appliers(self) -> dict[type, Applier]:
        """Arrivals at the front end, and what the API let in, started and refused."""
        return {
            VisitorArrived: lambda event: self.visitors.append(event.at),
            SubmissionQueued: lambda event: self.submissions.append(event.at),
            RequestAdmitted: self._admitted,
            RequestRefused: self._refused,
            RenderStarted: self._render,
        }

    def _admitted(self, event: RequestAdmitted) -> None:
        stranger = event.origin in self._strangers
        (self.stranger_requests if stranger else self.tester_requests).append(event.at)

    def _refused(self, event: RequestRefused) -> None:
        stranger = event.origin in self._strangers
        (self.stranger_refusals if stranger else self.tester_refusals).append(event.at)

    def _render(self, event: RenderStarted) -> None:
        if event.video_id in self._stolen:
            self.stranger_renders.append(event.at)
