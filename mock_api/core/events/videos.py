"""What happens to videos and their outputs."""

from __future__ import annotations

from typing import Literal

from .happened import Happened


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
