"""How use of the leaked credential spread: origins, clips that brought visitors, copies of the front end."""

from __future__ import annotations

from msgspec import Struct

from frontend_proxy.core.events import (
    ClipDisplayed,
    CredentialAdded,
    CredentialsExhausted,
    MirrorOpened,
    MirrorVisited,
    SubmissionQueued,
    VisitorArrived,
)
from mock_api.core.events import RequestAdmitted, RequestRefused
from policy_lab.ledger.incident import Incident
from policy_lab.ledger.listening import Applier


class Clip(Struct):
    """A clip the front end showed. `parent`: the clip whose share link brought its maker.

    `visits` came through its share link; `cut_off` of them found a dead front end.
    """

    clip_id: str
    at: float
    parent: str | None
    visits: int = 0
    cut_off: int = 0
    children: int = 0


class Branch(Struct):
    """One way in: a stranger origin at the API, or a copy of the front end."""

    name: str
    first_at: float
    last_at: float | None = None
    served: int = 0
    refused: int = 0


class Spread:
    """The spread tree of one run."""

    def __init__(self, incident: Incident) -> None:
        self._strangers = incident.strangers
        self.clips: dict[str, Clip] = {}
        self.origins: dict[str, Branch] = {}
        self.mirrors: dict[str, Branch] = {}
        self.shared_visits = 0
        self.shared_visits_cut_off = 0
        self._dead = False
        self._came_by: dict[str, str] = {}
        self._maker: dict[str, str] = {}

    @property
    def visits_per_clip(self) -> float | None:
        """Mean number of visits that one displayed clip brought through its share link."""
        return self.shared_visits / len(self.clips) if self.clips else None

    @property
    def reproduction_number(self) -> float | None:
        """Mean number of further clips that one displayed clip brought about (clips of its visitors)."""
        return sum(clip.children for clip in self.clips.values()) / len(self.clips) if self.clips else None

    def appliers(self) -> dict[type, Applier]:
        """Visits, submissions, clips and death of the front end; mirrors; requests of strangers."""
        return {
            VisitorArrived: self._arrived,
            SubmissionQueued: self._queued,
            CredentialsExhausted: self._died,
            CredentialAdded: self._revived,
            ClipDisplayed: self._displayed,
            MirrorOpened: self._opened,
            MirrorVisited: self._mirror_visited,
            RequestAdmitted: self._admitted,
            RequestRefused: self._refused,
        }

    def _arrived(self, event: VisitorArrived) -> None:
        clip = self.clips.get(event.via or "")
        if clip is not None:
            clip.visits += 1
            clip.cut_off += self._dead
            self.shared_visits += 1
            self.shared_visits_cut_off += self._dead
            self._came_by[event.visitor_id] = clip.clip_id

    def _died(self, _event: CredentialsExhausted) -> None:
        self._dead = True

    def _revived(self, _event: CredentialAdded) -> None:
        self._dead = False

    def _queued(self, event: SubmissionQueued) -> None:
        self._maker[event.submission_id] = event.visitor_id

    def _displayed(self, event: ClipDisplayed) -> None:
        parent = self._came_by.get(self._maker.get(event.submission_id, ""))
        self.clips[event.clip_id] = Clip(event.clip_id, event.at, parent)
        if parent is not None:
            self.clips[parent].children += 1

    def _opened(self, event: MirrorOpened) -> None:
        self.mirrors[event.mirror_id] = Branch(event.mirror_id, event.at)

    def _mirror_visited(self, event: MirrorVisited) -> None:
        branch = self.mirrors.setdefault(event.mirror_id, Branch(event.mirror_id, event.at))
        _count(branch, event.at, served=event.served)

    def _admitted(self, event: RequestAdmitted) -> None:
        if event.origin in self._strangers:
            self._request(event.origin, event.at, served=True)

    def _refused(self, event: RequestRefused) -> None:
        if event.origin in self._strangers:
            self._request(event.origin, event.at, served=False)

    def _request(self, origin: str, at: float, *, served: bool) -> None:
        branch = self.origins.get(origin)
        if branch is None:
            branch = self.origins[origin] = Branch(origin, at)
        _count(branch, at, served=served)


def _count(branch: Branch, at: float, *, served: bool) -> None:
    """Note one visit or request of the branch; `last_at` is the last that was served."""
    if served:
        branch.served += 1
        branch.last_at = at
    else:
        branch.refused += 1
