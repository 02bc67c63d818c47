"""What callers may send. Each struct is both the check and the schema in the OpenAPI.

The format `one-line` means one line of printable characters that is not blank.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_api.core import scopes
from mock_api.core.approvals import REASON_LONGEST, Decision
from mock_api.core.doors.operator import AT_ONCE, COHORT_LIMIT
from mock_api.core.doors.responder import FASTEST_THROTTLE, LONGEST_SUSPENSION, REASON_LIMIT, Source
from mock_api.core.keyring import LONGEST_OVERLAP
from mock_api.core.orders import EXTENSION_SECONDS, NAME_LONGEST, PROMPT_LONGEST, SECONDS, SIZES, WORD_LONGEST
from mock_api.core.policy import Quota
from mock_api.core.redaction import NAME_LIMIT, TEXT_LIMIT

NOT_BLANK = r"\S"
NOT_SAID = "No reason given."


def _text(longest: int) -> Meta:
    return Meta(min_length=1, max_length=longest, pattern=NOT_BLANK)


def _line(longest: int) -> Meta:
    return Meta(min_length=1, max_length=longest, extra_json_schema={"format": "one-line"})


def _one_of(choices: tuple[str, ...]) -> Meta:
    return Meta(extra_json_schema={"enum": list(choices)})


Prompt = Annotated[str, _text(PROMPT_LONGEST)]
Word = Annotated[str, _text(WORD_LONGEST)]
Name = Annotated[str, _line(NAME_LIMIT)]
Reviewer = Annotated[str, _text(WORD_LONGEST)]
Reason = Annotated[str, _text(REASON_LIMIT)]
Cohort = Annotated[str, _line(COHORT_LIMIT)]
Note = Annotated[str, Meta(max_length=TEXT_LIMIT)]


# --- testers ---


class ImageReference(Struct):
    """An image to start from; it is accepted and not looked at."""

    image_url: str | None = None
    file_id: str | None = None


class VideoReference(Struct):
    """A video of the caller's own."""

    id: str


class NewVideo(Struct):
    """An order for a clip. Other fields are accepted and ignored, as OpenAI's API does."""

    prompt: Prompt
    model: Word = "mock-video-1"
    seconds: Annotated[str, _one_of(SECONDS)] = "4"
    size: Annotated[str, _one_of(SIZES)] = "720x1280"
    style: Word | None = None
    input_reference: ImageReference | None = None


class Remix(Struct):
    """What to change about a video."""

    prompt: Prompt


class Edit(Struct):
    """What to change about a video, by its id or as an upload."""

    prompt: Prompt
    video: VideoReference | UnsetType = UNSET


class Extension(Struct):
    """How a video goes on, and for how long in all."""

    prompt: Prompt
    seconds: Annotated[str, _one_of(EXTENSION_SECONDS)]
    video: VideoReference | UnsetType = UNSET


class NewCharacter(Struct):
    """A name for what a video shows; the video by its id or as an upload."""

    name: Annotated[str, _text(NAME_LONGEST)]
    video: VideoReference | UnsetType = UNSET


# --- the operator and the reviewers ---


class Strict(Struct, forbid_unknown_fields=True):
    """The operator's forms take no field they do not know."""


class Act(Strict):
    """Who acts."""

    by: Name = "operator"


class Rotation(Strict, kw_only=True):
    """Who rotates, and for how many seconds the older keys stay good; without it they do until revoked."""

    by: Name = "operator"
    overlap: Annotated[float, Meta(ge=0, le=LONGEST_OVERLAP)] | UnsetType = UNSET


class Invitation(Strict, kw_only=True):
    """One new tester."""

    name: Name
    cohort: Cohort
    quota: Quota | None = None
    by: Name = "operator"


class BulkInvitation(Strict, kw_only=True):
    """Many new testers, by number or by name."""

    cohort: Cohort
    count: Annotated[int, Meta(ge=1, le=AT_ONCE)] | UnsetType = UNSET
    names: Annotated[list[Name], Meta(min_length=1, max_length=AT_ONCE)] | UnsetType = UNSET
    quota: Quota | None = None
    by: Name = "operator"


class Review(Strict):
    """Who reviews."""

    reviewer: Reviewer = "operator"


class Rejection(Strict):
    """Who rejects, and what the tester is told."""

    reason: Annotated[str, _text(REASON_LONGEST)] = NOT_SAID
    reviewer: Reviewer = "operator"


class BulkReview(Strict, kw_only=True):
    """One decision on all that waits of a token or of a tester."""

    decision: Decision
    jti: str | UnsetType = UNSET
    tester_id: str | UnsetType = UNSET
    reason: Annotated[str, _text(REASON_LONGEST)] = NOT_SAID
    reviewer: Reviewer = "operator"


class NamedToken(Strict, tag_field="kind", tag="token"):
    """One access token, by its `jti` or as the whole `token`, which is looked at and never kept."""

    jti: str | UnsetType = UNSET
    token: str | UnsetType = UNSET


NamedScope = (
    NamedToken | scopes.TesterScope | scopes.CohortScope | scopes.IssuedBeforeScope | scopes.KeyScope
    | scopes.FamilyScope | scopes.AllScope
)


class Revocation(Strict, kw_only=True):
    """What to revoke, why, and which alert it answers."""

    scope: NamedScope
    reason: Reason = NOT_SAID
    by: Name = "operator"
    alert_id: str | None = None


class Suspension(Strict, kw_only=True):
    """What to suspend, for how long, and why."""

    scope: NamedScope
    seconds: Annotated[float, Meta(gt=0, le=LONGEST_SUSPENSION)]
    reason: Reason = NOT_SAID
    by: Name = "operator"
    alert_id: str | None = None


class Throttle(Strict, kw_only=True):
    """Whom to slow down, to how much, and why."""

    tester_id: str
    requests_per_minute: Annotated[int, Meta(ge=1, le=FASTEST_THROTTLE)]
    reason: Reason = NOT_SAID
    by: Name = "operator"
    alert_id: str | None = None


class Pause(Strict, kw_only=True):
    """Why nobody gets in from now on; `recall` takes finished outputs back as well."""

    reason: Reason = NOT_SAID
    recall: bool = False
    by: Name = "operator"
    alert_id: str | None = None


class Resumption(Strict, kw_only=True):
    """Why the programme runs again."""

    reason: Reason = NOT_SAID
    by: Name = "operator"


class Release(Strict, kw_only=True):
    """Whose quarantine to lift, one output's or all that a revocation or an alert has locked, and why."""

    video_id: str | UnsetType = UNSET
    revocation_id: str | UnsetType = UNSET
    reason: Reason = NOT_SAID
    by: Name = "operator"


class LeakReport(Strict, kw_only=True):
    """What was seen, and where. `token` may be a whole access token or tester key; it is never kept."""

    source: Source = "leak_report"
    token: str | None = None
    jti: str | None = None
    tester_id: str | None = None
    url: Note = ""
    note: Note = ""
    by: Name = "operator"


# Rules between fields, which a struct cannot say by itself. The core or the route checks them.
RULES: dict[str, dict[str, object]] = {
    "BulkInvitation": {"oneOf": [{"required": ["count"]}, {"required": ["names"]}]},
    "BulkReview": {
        "oneOf": [{"required": ["jti"]}, {"required": ["tester_id"]}],
    },
    "Release": {"oneOf": [{"required": ["video_id"]}, {"required": ["revocation_id"]}]},
    "NamedToken": {"oneOf": [{"required": ["jti"]}, {"required": ["token"]}]},
    "Edit": {"required": ["prompt", "video"]},
    "Extension": {"required": ["prompt", "seconds", "video"]},
    "NewCharacter": {"required": ["name", "video"]},
}
