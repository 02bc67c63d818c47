"""Everything that can happen at the API, in the past tense. The log of these is the database: state is what you
get by applying them in order. Instants are epoch seconds; secrets never stand here.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .policy import Policy, Quota
from .scopes import Scope


class Happened(Struct, frozen=True, tag_field="type", gc=False):
    """The root of all events: `at` is the instant at which it took effect."""

    at: float


# --- the programme ---------------------------------------------------------------------------------------------


class PolicyAdopted(Happened, frozen=True):
    """From now on this policy holds."""

    policy: Policy
    by: str


class SigningKeyAdded(Happened, frozen=True):
    """A new key signs from now on. `public` is its JWK (RFC 7517) without private members."""

    kid: str
    algorithm: str
    public: dict[str, str]
    by: str


class TesterInvited(Happened, frozen=True):
    """Somebody may join; they are active once their key is first used."""

    tester_id: str
    name: str
    cohort: str
    quota: Quota | None
    by: str


class TesterKeyIssued(Happened, frozen=True):
    """A tester key was made and shown once; `key_hash` is its keyed hash."""

    key_id: str
    tester_id: str
    key_hash: str


class TesterActivated(Happened, frozen=True):
    """The tester key was used for the first time."""

    tester_id: str


class TesterLeft(Happened, frozen=True):
    """The tester is no longer part of the programme."""

    tester_id: str
    by: str


class TokenIssued(Happened, frozen=True):
    """An access token was signed; `at` is its `iat`."""

    jti: str
    tester_id: str
    kid: str
    expires_at: float
    scope: str
    origin: str


class TokenDenied(Happened, frozen=True):
    """The token endpoint said no."""

    client_id: str
    code: str
    origin: str


# --- requests --------------------------------------------------------------------------------------------------


class RequestAdmitted(Happened, frozen=True):
    """The gate let a request in. `origin` is what the operator can see of the caller: address and client."""

    jti: str
    tester_id: str
    action: str
    origin: str


class RequestRefused(Happened, frozen=True):
    """The gate, a quota or a rule said no. `jti` and `tester_id` are None where no token could be read."""

    jti: str | None
    tester_id: str | None
    action: str
    origin: str
    code: str


# --- videos ----------------------------------------------------------------------------------------------------


class VideoSubmitted(Happened, frozen=True):
    """A render was ordered. Its luck is drawn here: service time (seconds) and moderation's verdict."""

    video_id: str
    jti: str
    tester_id: str
    model: str
    prompt: str
    seconds: str
    size: str
    style: str | None
    source: Literal["create", "remix", "edit", "extension"]
    source_video_id: str | None
    service: float
    blocked: bool
    idempotency: tuple[str, str] | None            # (key hash, payload hash), scoped to the tester


class RenderStarted(Happened, frozen=True):
    """A clip left the queue and occupies capacity until `finishes_at`."""

    video_id: str
    finishes_at: float


class RenderFinished(Happened, frozen=True):
    """The render completed; the output exists from now on. `held`: it waits for approval."""

    video_id: str
    held: bool
    expires_at: float


class RenderFailed(Happened, frozen=True):
    """The render ended without an output: moderation_blocked, render_timeout or cancelled."""

    video_id: str
    code: str


class OutputClaimed(Happened, frozen=True):
    """A reviewer looks at it; nobody else can until the claim is settled or lapses."""

    video_id: str
    reviewer: str
    lapses_at: float


class ClaimLapsed(Happened, frozen=True):
    """The reviewer did not decide in time."""

    video_id: str
    reviewer: str


class OutputApproved(Happened, frozen=True):
    """A reviewer agrees that the output leaves."""

    video_id: str
    reviewer: str


class OutputRejected(Happened, frozen=True):
    """A reviewer does not agree."""

    video_id: str
    reviewer: str
    reason: str


class OutputQuarantined(Happened, frozen=True):
    """Locked away because of a revocation."""

    video_id: str
    revocation_id: str


class QuarantineLifted(Happened, frozen=True):
    """An operator let a locked output go back to where it stood before; `revocation_id` is what had locked it."""

    video_id: str
    revocation_id: str
    reason: str
    by: str


class OutputRecalled(Happened, frozen=True):
    """Taken back for good."""

    video_id: str
    revocation_id: str


class OutputDownloaded(Happened, frozen=True):
    """Bytes of an output left."""

    video_id: str
    jti: str
    origin: str
    variant: str


class OutputExpired(Happened, frozen=True):
    """The output's lifetime is over."""

    video_id: str


class VideoDeleted(Happened, frozen=True):
    """Its owner deleted it."""

    video_id: str


class CharacterCreated(Happened, frozen=True):
    """A character was made from a video."""

    character_id: str
    tester_id: str
    name: str


# --- the response ----------------------------------------------------------------------------------------------


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


Event = (
    PolicyAdopted | SigningKeyAdded | TesterInvited | TesterKeyIssued | TesterActivated | TesterLeft | TokenIssued
    | TokenDenied | RequestAdmitted | RequestRefused | VideoSubmitted | RenderStarted | RenderFinished | RenderFailed
    | OutputClaimed | ClaimLapsed | OutputApproved | OutputRejected | OutputQuarantined | QuarantineLifted
    | OutputRecalled | OutputDownloaded | OutputExpired | VideoDeleted | CharacterCreated | LeakReported | AlertRaised
    | StepTaken | Revoked | Suspended | SuspensionLifted | TesterThrottled | ProgrammePaused | ProgrammeResumed
    | OutputAttributed
)
