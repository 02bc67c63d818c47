"""Videos: ordered, listed, deleted, disposed of. Renders are in `rendering`, decisions in `approvals`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from . import errors, events
from .characters import Characters
from .dispositions import count, dispose, recall
from .idempotency import Remembered, idempotency_hashes
from .ordered import Ordered
from .orders import VideoOrder, check_order, inherit
from .outputs import Outputs, withheld
from .policy import Disposition
from .redaction import redact
from .rendering import KEPT_AFTER_END, Rendering
from .renders import draw_service
from .usage import RETRY_SOON, Usage
from .video import Video, VideoRecord
from .watermark import Provenance

if TYPE_CHECKING:
    from .authority import Authority

CURSORS_KEPT = 10_000  # ids of videos that are gone, by which a list can still go on


class Owner(NamedTuple):
    """On whose account, and by which token, something is ordered."""

    jti: str
    tester_id: str


class Videos:
    """Every video the authority remembers.

    Remembered are: what is in flight; an output for its lifetime and `KEPT_AFTER_END`; a failure as long.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.records: dict[str, VideoRecord] = {}
        self.rendering = Rendering(authority, self.records, self._forget)
        self.usage = Usage()
        self.characters = Characters(authority)
        self.outputs = Outputs(authority)
        self._of: dict[str, Ordered] = {}
        self._of_cohort: dict[str, Ordered] = {}
        self._remembered = Remembered()
        self._cursors: OrderedDict[tuple[str, str], int] = OrderedDict()  # (tester, gone video) -> rank
        self._last_rank = 0

    def appliers(self) -> dict[type, Callable[..., None]]:
        """Which event changes what here."""
        return {
            events.PolicyAdopted: self.rendering.apply_policy_adopted,
            events.VideoSubmitted: self.apply_video_submitted,
            events.RenderStarted: self.rendering.apply_render_started,
            events.RenderFinished: self.apply_render_finished,
            events.RenderFailed: self.apply_render_failed,
            events.OutputExpired: self.apply_output_expired,
            events.VideoDeleted: self.apply_video_deleted,
            events.CharacterCreated: self.characters.apply_character_created,
        }

    # --- what testers do ---

    def submit(self, owner: Owner, order: VideoOrder, idempotency_key: str | None, now: float) -> VideoRecord:
        """Order a render, or find the one ordered before with this key.

        Raises `Invalid`, `IdempotencyMismatch`, `TooMany` (a quota or the queue limit), and what the release
        rule says of the source video.
        """
        check_order(order)
        hashes = idempotency_hashes(idempotency_key, order)
        if hashes is not None:
            earlier = self._remembered.find(owner.tester_id, hashes, now)
            if earlier is not None:
                return self.records[earlier]
        if order.source_video_id is not None:
            order = inherit(order, self.released(owner.tester_id, order.source_video_id).order)
        self._check_room(owner.tester_id, now)
        model, luck = self._authority.render_model, self._authority.streams.stream("renders")
        video_id = self._authority.ids.new("video")
        service = draw_service(model, order.seconds, order.model, luck)
        blocked = luck.random() < model.moderation_share
        style = None if order.style is None else redact(order.style)
        self._authority.record(events.VideoSubmitted(
            now, video_id, owner.jti, owner.tester_id, redact(order.model), redact(order.prompt),
            order.seconds, order.size, style, order.source, order.source_video_id, service, blocked, hashes,
        ))
        return self.records[video_id]

    def own(self, tester_id: str, video_id: str) -> VideoRecord:
        """The tester's video of this id; `NotFound` if it is unknown or another's: the answer is the same."""
        record = self.records.get(video_id)
        if record is None or record.tester_id != tester_id:
            raise errors.NotFound("There is no video of this id.", param="video_id")
        return record

    def released(self, tester_id: str, video_id: str) -> VideoRecord:
        """The tester's video of this id if its output may leave; else the release rule's refusal."""
        record = self.own(tester_id, video_id)
        refusal = withheld(record)
        if refusal is not None:
            raise refusal
        return record

    def page(
        self, tester_id: str, after: str | None, limit: int, order: str, now: float
    ) -> tuple[list[Video], bool]:
        """Up to `limit` (1 to 100) videos after the id `after` (exclusive), and whether there are more.

        `order` is `asc` (oldest first) or `desc`. An `after` that was deleted still marks its place.
        """
        if not 1 <= limit <= 100:
            raise errors.Invalid("`limit` must be from 1 to 100.", param="limit")
        if order not in {"asc", "desc"}:
            raise errors.Invalid("`order` must be asc or desc.", param="order")
        rank = None if after is None else self._rank(tester_id, after)
        of_tester = self._of.get(tester_id)
        keys = of_tester.page(rank, limit + 1, descending=order == "desc") if of_tester is not None else []
        return [self.records[key].show(now) for key in keys[:limit]], len(keys) > limit

    def delete(self, record: VideoRecord, now: float) -> None:
        """Delete a video; a render in flight is cancelled and frees its place. What is quarantined stays."""
        if record.approval == "quarantined":
            raise errors.OutputQuarantined("The output is locked away because access was revoked.")
        if record.is_in_flight:
            self._authority.record(events.RenderFailed(now, record.video_id, "cancelled"))
        self._authority.record(events.VideoDeleted(now, record.video_id))

    # --- what responders do ---

    def of_tester(self, tester_id: str) -> list[VideoRecord]:
        """Every video of a tester, oldest first."""
        return self._all(self._of.get(tester_id))

    def of_cohort(self, cohort: str) -> list[VideoRecord]:
        """Every video of a cohort's testers, oldest first."""
        return self._all(self._of_cohort.get(cohort))

    def dispose(
        self, revocation_id: str, records: list[VideoRecord], now: float, *, to: Disposition | None = None
    ) -> None:
        """Do with each of `records` what the policy says, or `to`; `dispositions` has the invariant."""
        dispose(self._authority, records, revocation_id, now, to)

    def recall_finished(self, revocation_id: str, now: float) -> None:
        """Take back every finished output, whoever's it is; renders in flight go on."""
        for record in list(self.records.values()):
            if record.phase == "finished" and record.approval != "recalled" and record.stage is not None:
                recall(self._authority, record, revocation_id, now)

    def count(self, records: list[VideoRecord]) -> tuple[int, int, int]:
        """The blast radius in outputs: in flight, held, released."""
        return count(records)

    def attribute(self, content: bytes) -> Provenance:
        """Which token made this content, by its watermark, also when the video is gone; or `NotFound`."""
        return self.outputs.attribute(content)

    # --- what events change ---

    def apply_video_submitted(self, event: events.VideoSubmitted) -> None:
        """Remember the video and put it in line."""
        self._last_rank += 1
        order = VideoOrder(
            prompt=event.prompt, model=event.model, seconds=event.seconds, size=event.size, style=event.style,
            source=event.source, source_video_id=event.source_video_id,
        )
        record = VideoRecord(
            event.video_id, event.jti, event.tester_id, order, event.at, event.service, event.blocked,
            rank=self._last_rank, key_hash=None if event.idempotency is None else event.idempotency[0],
        )
        record.approval = "not_required" if self._authority.policy.approval.mode == "none" else "pending"
        self.records[event.video_id] = record
        self._of.setdefault(event.tester_id, Ordered()).add(record.rank, event.video_id)
        self._of_cohort.setdefault(self._cohort(event.tester_id), Ordered()).add(record.rank, event.video_id)
        self.usage.note_ordered(event.tester_id, event.at)
        if event.idempotency is not None:
            self._remembered.note(event.tester_id, event.idempotency, event.video_id, event.at)
        self.rendering.join(event.video_id, event.at)

    def apply_render_finished(self, event: events.RenderFinished) -> None:
        """The output exists."""
        record = self._end(event.video_id, event.at)
        self._last_rank += 1
        record.phase, record.output_rank, record.held = "finished", self._last_rank, event.held
        record.finished_at, record.expires_at = event.at, event.expires_at
        self.rendering.expire_at(event.expires_at, event.video_id)

    def apply_render_failed(self, event: events.RenderFailed) -> None:
        """There will be no output."""
        record = self._end(event.video_id, event.at)
        record.phase, record.code = "failed", event.code
        if record.approval not in {"quarantined", "recalled"}:
            record.approval = "not_required"
        kept = self._authority.render_model.output_lifetime + KEPT_AFTER_END
        self.rendering.forget_at(event.at + kept, event.video_id)

    def apply_output_expired(self, event: events.OutputExpired) -> None:
        """The output is gone, the video is forgotten in an hour."""
        record = self.records[event.video_id]
        self._authority.approvals.withdraw(record)
        record.phase, record.shown = "expired", None
        self.rendering.forget_at(event.at + KEPT_AFTER_END, event.video_id)

    def apply_video_deleted(self, event: events.VideoDeleted) -> None:
        """The video is gone."""
        self._forget(event.video_id)

    def _check_room(self, tester_id: str, now: float) -> None:
        refusal = self.usage.refusal(tester_id, self._authority.programme.quota_of(tester_id), now)
        if refusal is not None:
            raise refusal
        if len(self.rendering.line.waiting) >= self._authority.render_model.queue_limit:
            raise errors.QueueFull("The render queue is full; try again later.", retry_after=RETRY_SOON)

    def _all(self, index: Ordered | None) -> list[VideoRecord]:
        return [] if index is None else [self.records[key] for key in index.page(None, len(index))]

    def _cohort(self, tester_id: str) -> str:
        return self._authority.programme.testers[tester_id].cohort

    def _rank(self, tester_id: str, video_id: str) -> int:
        gone = self._cursors.get((tester_id, video_id))
        return gone if gone is not None else self.own(tester_id, video_id).rank

    def _end(self, video_id: str, at: float) -> VideoRecord:
        record = self.records[video_id]
        self.rendering.leave(video_id, at)
        self.usage.note_ended(record.tester_id)
        record.shown = None
        return record

    def _forget(self, video_id: str) -> None:
        record = self.records.pop(video_id)
        self._authority.approvals.withdraw(record)
        for index, key in ((self._of, record.tester_id), (self._of_cohort, self._cohort(record.tester_id))):
            index[key].remove(record.rank)
            if not index[key]:
                del index[key]
        if record.key_hash is not None:
            self._remembered.forget(record.tester_id, record.key_hash, video_id)
        self._cursors[record.tester_id, video_id] = record.rank
        if len(self._cursors) > CURSORS_KEPT:
            self._cursors.popitem(last=False)
