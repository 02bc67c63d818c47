"""What a responder does: look, tell, stop, and let go again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from mock_api.core import redaction
from mock_api.core.blast_radius import measure
from mock_api.core.containment import Grounds, RevocationOutcome
from mock_api.core.dispositions import lift_quarantine
from mock_api.core.errors import AlreadySettled, Invalid, NotFound
from mock_api.core.events import (
    LeakReported,
    OutputAttributed,
    ProgrammeResumed,
    Revoked,
    Suspended,
    SuspensionLifted,
)
from mock_api.core.playbook import Case, StepState
from mock_api.core.policy import Action
from mock_api.core.quantities import DAY
from mock_api.core.recognition import recognise
from mock_api.core.scopes import Scope

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

REASON_LIMIT = 500
LONGEST_SUSPENSION = 30 * DAY
FASTEST_THROTTLE = 1_000_000  # requests per minute
Source = Literal["reviewer", "leak_report", "public"]


class AlertStep(Struct, frozen=True):
    """A playbook step of an alert. `due_at` is None for a human step, `taken_at` until it is carried out."""

    index: int
    do: Action
    by: Literal["automatic", "human"]
    state: StepState
    due_at: float | None
    taken_at: float | None
    taken_by: str | None


class Alert(Struct, frozen=True):
    """What a detector said, about whom, and what has come of it."""

    alert_id: str
    raised_at: float
    detector: str
    jti: str | None
    tester_id: str | None
    evidence: str
    steps: tuple[AlertStep, ...]


class Attribution(Struct, frozen=True):
    """Who made an output, read from its watermark."""

    video_id: str
    jti: str
    tester_id: str


class ResponderDoor:
    """The door of who answers a leak. `by`: who that is; `reason`: why (up to 500 characters, redacted)."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._containment = authority.playbook.containment

    # --- stop ----------------------------------------------------------------------------------------------

    def revoke(
        self, scope: Scope, reason: str, by: str, dry_run: bool = False, alert_id: str | None = None
    ) -> RevocationOutcome:
        """Refuse whatever `scope` covers from now on, and dispose of its outputs; raises NotFound or Invalid.

        A dry run tells the blast radius and records nothing. What was revoked before is told as `already`.
        """
        now = self._authority.settle()
        grounds = self._grounds(reason, by, alert_id)
        self._containment.require(scope, now)
        if dry_run:
            already = self._authority.register.already(scope, now)
            radius, version = measure(self._authority, scope, now), str(self._authority.feed.version)
            return RevocationOutcome(None, radius, already, version)
        return self._containment.revoke(scope, grounds, now)

    def revocations(self) -> list[Revoked]:
        """Every revocation with who, why and when, newest first."""
        self._authority.settle()
        return list(reversed(self._authority.register.revocations.values()))

    def suspend(self, scope: Scope, seconds: float, reason: str, by: str, alert_id: str | None = None) -> str:
        """Refuse whatever `scope` covers for `seconds` (at most 30 days); returns the suspension's id."""
        now = self._authority.settle()
        grounds = self._grounds(reason, by, alert_id)
        if not 0 < seconds <= LONGEST_SUSPENSION:
            raise Invalid("`seconds` must be above 0 and at most 30 days.", param="seconds")
        self._containment.require(scope, now)
        return self._containment.suspend(scope, seconds, grounds, now)

    def lift(self, suspension_id: str, by: str) -> None:
        """End a suspension early; raises NotFound, or AlreadySettled if it has ended."""
        now = self._authority.settle()
        by = redaction.name(by, "by")
        register = self._authority.register
        if suspension_id in register.ended:
            raise AlreadySettled("This suspension has ended.", param="suspension_id")
        if suspension_id not in register.suspensions:
            raise NotFound("No such suspension.", param="suspension_id")
        self._authority.record(SuspensionLifted(now, suspension_id, by))

    def suspensions(self) -> list[Suspended]:
        """The suspensions in force, newest first."""
        self._authority.settle()
        return list(reversed(self._authority.register.suspensions.values()))

    def throttle(
        self, tester_id: str, requests_per_minute: int, reason: str, by: str, alert_id: str | None = None
    ) -> None:
        """Leave a tester at most `requests_per_minute`; raises NotFound or Invalid."""
        now = self._authority.settle()
        grounds = self._grounds(reason, by, alert_id)
        if not 1 <= requests_per_minute <= FASTEST_THROTTLE:
            raise Invalid("`requests_per_minute` must be 1 to 1000000.", param="requests_per_minute")
        self._containment.throttle(tester_id, requests_per_minute, grounds, now)

    def pause(self, reason: str, by: str, recall: bool = False, alert_id: str | None = None) -> None:
        """Close the programme to everyone; with `recall`, take finished outputs back as well. Idempotent."""
        now = self._authority.settle()
        self._containment.pause(recall, self._grounds(reason, by, alert_id), now)

    def resume(self, reason: str, by: str) -> None:
        """Open the programme again; what was revoked stays revoked. Raises AlreadySettled if it is open."""
        now = self._authority.settle()
        grounds = self._grounds(reason, by, None)
        if not self._authority.register.paused:
            raise AlreadySettled("The programme is not paused.")
        self._authority.record(ProgrammeResumed(now, grounds.reason, grounds.by))

    def release(
        self, reason: str, by: str, *, video_id: str | None = None, revocation_id: str | None = None
    ) -> list[str]:
        """Lift the quarantine of one output, or of all that a revocation (or an alert) has locked.

        Each goes back to where it stood before: what waited for approval waits again, and what was revoked stays
        revoked. Returns the ids, oldest first; raises Invalid, or NotFound where nothing is locked.
        """
        now = self._authority.settle()
        grounds = self._grounds(reason, by, None)
        if (video_id is None) == (revocation_id is None):
            raise Invalid("Name either a `video_id` or a `revocation_id`.", param="video_id")
        records = [
            record for record in self._authority.videos.records.values() if record.lock is not None
            and (record.video_id == video_id or record.lock.revocation_id == revocation_id)
        ]
        released = lift_quarantine(self._authority, records, grounds.reason, grounds.by, now)
        if not released:
            param = "revocation_id" if video_id is None else "video_id"
            raise NotFound("There is no quarantined output of this id.", param=param)
        return released

    # --- look ----------------------------------------------------------------------------------------------

    def alerts(self) -> list[Alert]:
        """The newest 10 000 alerts with their playbook steps, newest first."""
        self._authority.settle()
        return [_alert(case) for case in reversed(self._authority.playbook.cases.values())]

    def carry_out(self, alert_id: str, step_index: int, by: str) -> Alert:
        """Take a playbook step of an alert now, also an automatic one that is not yet due.

        Raises NotFound, AlreadySettled if it was carried out, Invalid if the alert names no target for it.
        """
        now = self._authority.settle()
        by = redaction.name(by, "by")
        case = self._authority.playbook.cases.get(alert_id)
        if case is None:
            raise NotFound("No such alert.", param="alert_id")
        if not 0 <= step_index < len(case.steps):
            raise NotFound(f"This alert has {len(case.steps)} playbook steps.", param="step_index")
        state = case.steps[step_index].state
        if state == "carried_out":
            raise AlreadySettled("This step was carried out before.", param="step_index")
        if state == "no_target":
            raise Invalid("The alert names nobody this step could act on.", param="step_index")
        self._authority.playbook.take(case, step_index, by, now)
        return _alert(case)

    def attribute(self, content: bytes, by: str) -> Attribution:
        """Read the watermark of an output and name the token that made it; raises NotFound."""
        now = self._authority.settle()
        by = redaction.name(by, "by")
        video = self._authority.videos.attribute(content)
        self._authority.record(OutputAttributed(now, video.video_id, video.jti, video.tester_id, by))
        return Attribution(video.video_id, video.jti, video.tester_id)

    # --- tell ----------------------------------------------------------------------------------------------

    def report_leak(  # noqa: PLR0913 - a report form has these fields.
        self,
        source: Source,
        by: str,
        *,
        token: str | None = None,
        jti: str | None = None,
        tester_id: str | None = None,
        url: str = "",
        note: str = "",
    ) -> str:
        """Take a report, let the notice detectors hear it, and return its id; raises Invalid.

        `token` is a whole access token or tester key; it is looked at and never kept. The answer is the same
        whether what was named exists or not. The same report within an hour is one report.
        """
        now = self._authority.settle()
        if source not in get_args(Source):
            raise Invalid(f"`source` must be one of {', '.join(get_args(Source))}.", param="source")
        by, url = redaction.name(by, "by"), redaction.free_text(url, "url")
        note = redaction.free_text(note, "note")
        jti, tester_id = self._read(token) if token is not None else self._known(jti, tester_id)
        detection = self._authority.detection
        report = LeakReported(now, self._authority.ids.new("report"), source, jti, tester_id, url, note, by)
        earlier = detection.same_report(report)
        if earlier is not None:
            return earlier.report_id
        self._authority.record(report)
        detection.hear(report, now)
        return report.report_id

    def jti_of(self, token: str) -> str:
        """The `jti` of a whole access token, so that a revocation may name it that way; raises Invalid."""
        jti, _ = self._read(token)
        if jti is None:
            raise Invalid("This is not an access token of this programme.", param="scope.token")
        return jti

    def _read(self, credential: str) -> tuple[str | None, str | None]:
        """The `jti` and tester of a credential that is ours; a token that left the books still is."""
        found = recognise(self._authority, credential)
        return (None, None) if found is None else (found.jti, found.tester_id)

    def _known(self, jti: str | None, tester_id: str | None) -> tuple[str | None, str | None]:
        """What of it exists; a token's tester goes with it."""
        token = self._authority.programme.tokens.get(jti) if jti is not None else None
        if token is not None:
            return token.jti, token.tester_id
        return None, tester_id if tester_id in self._authority.programme.testers else None

    def _grounds(self, reason: str, by: str, alert_id: str | None) -> Grounds:
        if not reason.strip():
            raise Invalid("`reason` must say why, in 1 to 500 characters.", param="reason")
        if alert_id is not None and alert_id not in self._authority.playbook.cases:
            raise NotFound("No such alert.", param="alert_id")
        reason, by = redaction.free_text(reason, "reason", REASON_LIMIT), redaction.name(by, "by")
        return Grounds(reason, by, alert_id)


def _alert(case: Case) -> Alert:
    alert = case.alert
    steps = tuple(
        AlertStep(index, each.step.do, each.step.by, each.state, each.due_at, each.taken_at, each.taken_by)
        for index, each in enumerate(case.steps)
    )
    return Alert(alert.alert_id, alert.at, alert.detector, alert.jti, alert.tester_id, alert.evidence, steps)
