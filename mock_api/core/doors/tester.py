"""The testers' front door: everything an access token is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from mock_api.core import errors, events
from mock_api.core.characters import Character
from mock_api.core.gate import Admission, Caller
from mock_api.core.orders import VideoOrder
from mock_api.core.outputs import Content, check_variant
from mock_api.core.redaction import origin
from mock_api.core.video import Video
from mock_api.core.videos import Owner

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

ACTIONS = {
    "create": "videos.create", "remix": "videos.remix", "edit": "videos.edit", "extension": "videos.extend",
}


class VideoPage(Struct, frozen=True):
    """A page of videos; the next one starts after `last_id`."""

    data: list[Video]
    first_id: str | None
    last_id: str | None
    has_more: bool


class TesterDoor:
    """Each method settles, lets the gate admit the caller, then applies the rule; refusals are raised."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def submit_video(self, caller: Caller, order: VideoOrder, idempotency_key: str | None = None) -> Video:
        """Order a render [videos.create, .remix, .edit or .extend]; it is `queued` at first."""
        action = ACTIONS[order.source]
        admission = self._admit(caller, action)
        owner = Owner(admission.jti, admission.tester_id)
        try:
            record = self._authority.videos.submit(owner, order, idempotency_key, admission.now)
        except errors.TooMany as refusal:
            self._refuse(admission, action, caller, refusal)
        return record.show(admission.now)

    def retrieve_video(self, caller: Caller, video_id: str) -> Video:
        """One video [videos.retrieve]; the same object again until something about it changes."""
        admission = self._admit(caller, "videos.retrieve")
        return self._authority.videos.own(admission.tester_id, video_id).show(admission.now)

    def list_videos(
        self, caller: Caller, after: str | None = None, limit: int = 20, order: str = "desc"
    ) -> VideoPage:
        """A page of own videos [videos.list]; `limit` 1 to 100, `order` asc or desc, `after` exclusive."""
        admission = self._admit(caller, "videos.list")
        data, has_more = self._authority.videos.page(admission.tester_id, after, limit, order, admission.now)
        return VideoPage(data, data[0].id if data else None, data[-1].id if data else None, has_more)

    def delete_video(self, caller: Caller, video_id: str) -> None:
        """Delete a video [videos.delete]; a render in flight is cancelled."""
        admission = self._admit(caller, "videos.delete")
        videos = self._authority.videos
        videos.delete(videos.own(admission.tester_id, video_id), admission.now)

    def download(self, caller: Caller, video_id: str, variant: str = "video") -> Content:
        """The bytes of an output [videos.content], if the release rule lets them leave."""
        admission = self._admit(caller, "videos.content")
        check_variant(variant)
        record = self._authority.videos.released(admission.tester_id, video_id)
        content = self._authority.videos.outputs.content(record, variant)
        self._authority.record(events.OutputDownloaded(
            admission.now, video_id, admission.jti, origin(caller.origin), variant
        ))
        return content

    def create_character(self, caller: Caller, name: str, video_id: str | None = None) -> Character:
        """Name a character [videos.characters] of an own released video, or of an upload (no `video_id`)."""
        action = "videos.characters"
        admission = self._admit(caller, action)
        if video_id is not None:
            self._authority.videos.released(admission.tester_id, video_id)
        try:
            return self._authority.videos.characters.create(admission.tester_id, name, admission.now)
        except errors.TooMany as refusal:
            self._refuse(admission, action, caller, refusal)

    def retrieve_character(self, caller: Caller, character_id: str) -> Character:
        """One character [videos.characters]."""
        admission = self._admit(caller, "videos.characters")
        return self._authority.videos.characters.find(admission.tester_id, character_id)

    def _admit(self, caller: Caller, action: str) -> Admission:
        return self._authority.gate.admit(caller, action, self._authority.settle())

    def _refuse(self, admission: Admission, action: str, caller: Caller, refusal: errors.TooMany) -> NoReturn:
        self._authority.gate.refuse(admission, action, caller, refusal)
