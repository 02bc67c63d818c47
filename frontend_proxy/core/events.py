"""Everything that can happen at the front end, in the past tense. Instants are epoch seconds, spans seconds;
secrets, prompts and addresses never stand here.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Because = Literal["queue", "full", "dead"]


class AtTheFrontEnd(Struct, frozen=True, tag_field="type", gc=False):
    """The root of all events: `at` is the instant at which it happened."""

    at: float


class VisitorArrived(AtTheFrontEnd, frozen=True):
    """Somebody new opened the page; `via` is the clip whose share link brought them."""

    visitor_id: str
    via: str | None


class VisitorBalked(AtTheFrontEnd, frozen=True):
    """A visitor did not join: put off by the queue, turned away by a full one, or the desk was dead."""

    visitor_id: str
    queue_length: int
    because: Because


class SubmissionQueued(AtTheFrontEnd, frozen=True):
    """A visitor joined the line; `queue_length` counts them too."""

    submission_id: str
    visitor_id: str
    queue_length: int
    seconds: str
    size: str


class VisitorReneged(AtTheFrontEnd, frozen=True):
    """A visitor left the line before being served; `waited` since joining it."""

    submission_id: str
    visitor_id: str
    waited: float


class SubmissionStarted(AtTheFrontEnd, frozen=True):
    """A submission got a slot and a credential. It happens again if that credential dies under it."""

    submission_id: str
    credential: str


class ClipDisplayed(AtTheFrontEnd, frozen=True):
    """The clip is on the page and in the gallery; `waited` since the visitor joined the line."""

    clip_id: str
    submission_id: str
    video_id: str
    waited: float


class SubmissionFailed(AtTheFrontEnd, frozen=True):
    """A submission ended without a clip; `code` is the API's word, or timed_out, or out_of_credentials."""

    submission_id: str
    code: str


class UpstreamRefused(AtTheFrontEnd, frozen=True):
    """The API said no, or did not answer (`unreachable`)."""

    credential: str
    code: str


class CredentialAdded(AtTheFrontEnd, frozen=True):
    """A credential may be used from now on: it is new, or a health check found it alive again."""

    credential: str


class CredentialDied(AtTheFrontEnd, frozen=True):
    """The API does not accept this credential any more."""

    credential: str
    code: str


class CredentialsExhausted(AtTheFrontEnd, frozen=True):
    """The last living credential died."""


class MirrorOpened(AtTheFrontEnd, frozen=True):
    """Somebody put up a copy of the front end."""

    mirror_id: str
    holds_credential: bool


class MirrorVisited(AtTheFrontEnd, frozen=True):
    """Somebody opened a copy; `served` is whether it could have made a clip."""

    mirror_id: str
    served: bool


FrontEndEvent = (
    VisitorArrived | VisitorBalked | SubmissionQueued | VisitorReneged | SubmissionStarted | ClipDisplayed
    | SubmissionFailed | UpstreamRefused | CredentialAdded | CredentialDied | CredentialsExhausted
    | MirrorOpened | MirrorVisited
)
