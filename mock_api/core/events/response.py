"""What is noticed, and what is done about it."""

from __future__ import annotations

from typing import Literal

from mock_api.core.scopes import Scope

from .happened import Happened


class LeakReported(Happened, frozen=True):
    """Somebody said that something leaked, or that something is wrong."""

    report_id: str
    source: Literal["reviewer", "leak_report", "public"]
    jti: str | None
    tester_id: str | None
    url: str
    note: str
    by: str


class AlertRaised(Happened, frozen=True):
    """A detector spoke. `evidence` is one sentence a responder can read."""

    alert_id: str
    detector: str
    jti: str | None
    tester_id: str | None
    evidence: str


class StepTaken(Happened, frozen=True):
    """A step of the playbook was carried out for an alert, whether or not it found anything to do."""

    alert_id: str
    step: int                                      # its place among the alert's steps, from 0
    by: str


class Revoked(Happened, frozen=True):
    """Whatever `scope` covers is refused from now on. `alert_id`: the alert that led to it, if one did."""

    revocation_id: str
    scope: Scope
    reason: str
    by: str
    alert_id: str | None


class Suspended(Happened, frozen=True):
    """Whatever `scope` covers is refused until `until` or until it is lifted."""

    suspension_id: str
    scope: Scope
    until: float
    reason: str
    by: str
    alert_id: str | None


class SuspensionLifted(Happened, frozen=True):
    """A suspension ended, by hand or because its time was up (`by` is then `time`)."""

    suspension_id: str
    by: str


class TesterThrottled(Happened, frozen=True):
    """A tester's requests per minute were cut down."""

    tester_id: str
    requests_per_minute: int
    reason: str
    by: str
    alert_id: str | None


class ProgrammePaused(Happened, frozen=True):
    """Nobody gets in. `recall`: finished outputs were taken back as well."""

    reason: str
    by: str
    recall: bool
    alert_id: str | None


class ProgrammeResumed(Happened, frozen=True):
    """The programme runs again."""

    reason: str
    by: str


class OutputAttributed(Happened, frozen=True):
    """A watermark was read and led to the token that made the output."""

    video_id: str
    jti: str
    tester_id: str
    by: str
