"""What a finished render yields, and the one rule by which it leaves. It is never video."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from . import errors
from .cards import card
from .mp4 import trackless_mp4
from .video import MESSAGES, VideoRecord
from .watermark import Provenance, Watermark

if TYPE_CHECKING:
    from .authority import Authority

VARIANTS = ("video", "thumbnail", "spritesheet")
NOTICE = "SIMULATED by Leaklab: no video was made. This container holds no track, only this manifest."


class Content(NamedTuple):
    """Bytes that leave, and their media type."""

    body: bytes
    media_type: str


class Outputs:
    """Makes the content of outputs and finds out where content came from."""

    def __init__(self, authority: Authority) -> None:
        self._watermark = Watermark(authority.vault, authority.secrets)

    def content(self, record: VideoRecord, variant: str) -> Content:
        """The bytes of a variant: `video` (MP4), `thumbnail` or `spritesheet` (WebP)."""
        code = self._watermark.code(Provenance(record.video_id, record.jti, record.tester_id))
        if variant == "thumbnail":
            return Content(card("thumbnail", record.video_id, record.order.size, code), "image/webp")
        if variant == "spritesheet":
            return Content(card("spritesheet", record.video_id, record.order.size, code), "image/webp")
        made_at = int(record.finished_at or record.submitted_at)
        manifest = {
            "simulated": True, "product": "leaklab", "notice": NOTICE, "video_id": record.video_id,
            "model": record.order.model, "seconds": record.order.seconds, "size": record.order.size,
            "created_at": made_at, "prompt_sha256": sha256(record.order.prompt.encode()).hexdigest(),
            "watermark": code,
        }
        return Content(trackless_mp4(msgspec.json.encode(manifest), made_at), "video/mp4")

    def attribute(self, content: bytes) -> Provenance:
        """Which token of which tester made this content: reads any variant, or the code as text."""
        return self._watermark.read(content)


def check_variant(variant: str) -> None:
    """Refuse a variant that does not exist."""
    if variant not in VARIANTS:
        raise errors.Invalid(f"`variant` must be one of {', '.join(VARIANTS)}.", param="variant")


def withheld(record: VideoRecord) -> errors.Refusal | None:
    """Why the output may not leave, or None: the release rule, asked at every download and every reuse."""
    if record.approval == "recalled":
        return errors.OutputRecalled(MESSAGES["output_recalled"])
    if record.approval == "quarantined":
        return errors.OutputQuarantined(MESSAGES["output_quarantined"])
    if record.is_in_flight:
        return errors.NotReady("The render has not finished; poll until its status is `completed`.")
    if record.phase == "failed":
        return errors.NotFound("The render failed; there is no output.")
    if record.phase == "expired":
        return errors.OutputExpired("The output's lifetime is over; it is kept no longer.")
    if record.held and record.approval == "rejected":
        return errors.NotApproved(MESSAGES["output_rejected"])
    if record.held and record.approval != "approved":
        return errors.NotApproved("The output waits for approval.")
    return None
