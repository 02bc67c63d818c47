"""What the operator could see, and did, and when: reports, alerts, decisions, responses, one row each."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from mock_api.core.events import (
    AlertRaised,
    LeakReported,
    OutputAttributed,
    PolicyAdopted,
    ProgrammePaused,
    ProgrammeResumed,
    Revoked,
    Suspended,
    SuspensionLifted,
    TesterInvited,
    TesterKeyIssued,
    TesterLeft,
    TesterThrottled,
)
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)
from policy_lab.ledger.listening import Applier
from policy_lab.truth import NoticePublished, ResponderDecided

from .times import in_words

Kind = Literal["report", "alert", "choice", "response", "look-up", "news"]


class Row(Struct):
    """One thing the operator saw or did; `times`: how often in a row the same came, the last at `last_at`."""

    at: float
    kind: Kind
    what: str
    who: str
    times: int = 1
    last_at: float = 0.0
    sameness: tuple[str, ...] = ()


class Watch:
    """The operator's view of one run, and the words for what stopped the leak."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.responses: list[tuple[float, str]] = []
        self._names: dict[str, str] = {}
        self._key_holders: set[str] = set()
        self._policies = 0

    def appliers(self) -> dict[type, Applier]:
        """Everything an operator is told or does; of ground truth only the news and what was decided."""
        return {
            TesterInvited: self._invited,
            TesterKeyIssued: self._key_issued,
            LeakReported: self._reported,
            AlertRaised: self._alerted,
            ResponderDecided: self._decided,
            NoticePublished: self._published,
            OutputAttributed: self._attributed,
            Revoked: self._revoked,
            Suspended: self._suspended,
            SuspensionLifted: self._lifted,
            TesterThrottled: self._throttled,
            ProgrammePaused: self._paused,
            ProgrammeResumed: self._resumed,
            TesterLeft: self._left,
            PolicyAdopted: self._adopted,
        }

    def response_at(self, at: float) -> str | None:
        """The response that took effect at `at`, as a clause: `the programme was paused`; or None."""
        return next((words for done_at, words in self.responses if abs(done_at - at) < 1.0), None)

    def _note(self, event: Any, kind: Kind, what: str, who: str, *sameness: str) -> None:
        last = self.rows[-1] if self.rows else None
        if last is not None and sameness and last.sameness == sameness:
            last.times, last.last_at = last.times + 1, event.at
        else:
            self.rows.append(Row(event.at, kind, what, who, 1, event.at, sameness))

    def _respond(self, event: Any, words: str, how: str) -> None:
        self.responses.append((event.at, words))
        said = f" “{event.reason}”" if event.reason else ""
        self._note(event, "response", f"{words[0].upper()}{words[1:]}{how}.{said}", event.by)

    def _invited(self, event: TesterInvited) -> None:
        self._names[event.tester_id] = event.name

    def _reported(self, event: LeakReported) -> None:
        about = self._subject(event.jti, event.tester_id)
        said = f": “{event.note.rstrip('.')}”" if event.note else ""
        where = f" ({event.url})" if event.url else ""
        words = {"reviewer": "A reviewer’s note", "leak_report": "A leak report", "public": "Public talk"}
        self._note(
            event, "report", f"{words[event.source]}{about}{said}{where}.", event.by, "report", event.source, about
        )

    def _alerted(self, event: AlertRaised) -> None:
        about = self._subject(event.jti, event.tester_id)
        said = event.evidence.rstrip(".")
        self._note(event, "alert", f"{said[:1].upper()}{said[1:]}{about}.", event.detector, event.detector, about)

    def _decided(self, event: ResponderDecided) -> None:
        because = f" after alert {event.alert_id}" if event.alert_id else ""
        self._note(event, "choice", f"Chose to {event.action.replace('_', ' ')}{because}.", "responder")

    def _published(self, event: NoticePublished) -> None:
        self._note(event, "news", f"The leak is public knowledge ({event.where}).", event.where)

    def _attributed(self, event: OutputAttributed) -> None:
        whose = self._named(event.tester_id)
        self._note(event, "look-up", f"A watermark was read; it names {whose}.", event.by, "attributed", whose)

    def _revoked(self, event: Revoked) -> None:
        self._respond(event, f"{_covered(event.scope)} was revoked", self._which(event.scope))

    def _suspended(self, event: Suspended) -> None:
        span = in_words(event.until - event.at)
        self._respond(event, f"{_covered(event.scope)} was suspended", f" for {span}{self._which(event.scope)}")

    def _throttled(self, event: TesterThrottled) -> None:
        self._respond(
            event,
            "the tester was throttled",
            f" ({event.tester_id}) to {event.requests_per_minute} requests per minute",
        )

    def _paused(self, event: ProgrammePaused) -> None:
        self._respond(event, "the programme was paused", ", finished outputs were recalled" if event.recall else "")

    def _resumed(self, event: ProgrammeResumed) -> None:
        self._note(event, "response", f"The programme runs again. “{event.reason}”", event.by)

    def _lifted(self, event: SuspensionLifted) -> None:
        self._note(event, "response", f"Suspension {event.suspension_id} ended.", event.by)

    def _left(self, event: TesterLeft) -> None:
        removed = event.by != event.tester_id
        self.responses.append((event.at, "the tester was removed" if removed else "the tester left"))
        words = "was removed from the programme" if removed else "left the programme"
        self._note(event, "response", f"{self._named(event.tester_id)} {words}.", event.by)

    def _key_issued(self, event: TesterKeyIssued) -> None:
        if event.tester_id in self._key_holders:
            self.responses.append((event.at, "the tester’s key was replaced"))
            self._note(event, "response", f"The tester’s key was replaced: {self._named(event.tester_id)}.", "operator")
        self._key_holders.add(event.tester_id)

    def _adopted(self, event: PolicyAdopted) -> None:
        self._policies += 1
        if self._policies > 1:
            self._note(event, "response", f"The policy is now {event.policy.name}.", event.by)

    def _named(self, tester_id: str) -> str:
        name = self._names.get(tester_id)
        return f"{name} ({tester_id})" if name and name != tester_id else tester_id

    def _subject(self, jti: str | None, tester_id: str | None) -> str:
        if tester_id is None:
            return f", token {jti}" if jti else ""
        return f", tester {self._named(tester_id)}"

    def _which(self, scope: Scope) -> str:
        if isinstance(scope, TesterScope):
            return f": {self._named(scope.tester_id)}"
        name = scope.jti if isinstance(scope, TokenScope) else getattr(scope, "kid", getattr(scope, "cohort", ""))
        return f": {name}" if name else ""


def _covered(scope: Scope) -> str:
    words: dict[type, str] = {
        TokenScope: "the token",
        TesterScope: "the tester’s access",
        CohortScope: "the cohort’s access",
        IssuedBeforeScope: "every token issued until then",
        FamilyScope: "every token of that exchange",
        KeyScope: "every token of that signing key",
        AllScope: "everyone’s access",
    }
    return words[type(scope)]
