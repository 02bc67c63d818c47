"""Drives the desk: performs its actions upstream and tells it the answers."""

from __future__ import annotations

import asyncio
import logging

from .core.actions import Action, Check, Create, Fetch, Poll
from .core.desk import Desk
from .shelf import Shelf
from .upstream import Content, Upstream
from .upstream_errors import UpstreamError, UpstreamRefusal

LONGEST_NAP = 1.0  # Seconds; a credential or a slot may be added, or the wall clock set, while we sleep.
SHORTEST_NAP = 0.01
log = logging.getLogger("frontend_proxy")


class Pump:
    """Either `run` in the background, or `pump` by hand; the rules are all in the desk.

    `speed`: how many seconds of the desk's clock pass in one second of sleep. `held` are the submissions whose
    clip is made and waits for approval: to the desk that is a render like any other, to the visitor it is not.
    """

    def __init__(
        self, desk: Desk, upstream: Upstream, shelf: Shelf, *, thumbnails: bool = True, speed: float = 1.0
    ) -> None:
        self._desk = desk
        self._upstream = upstream
        self._shelf = shelf
        self._thumbnails = thumbnails
        self._speed = speed
        self._news = asyncio.Event()
        self.held: set[str] = set()

    def wake(self) -> None:
        """Something was submitted or answered: look again."""
        self._news.set()

    async def pump(self) -> None:
        """Perform what is due at the clock's instant, and what follows from it, one after the other."""
        while todo := self._desk.actions(self._desk.clock.now()):
            for action in todo:
                await self.perform(action)

    async def run(self) -> None:
        """Perform what falls due, side by side, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                now = self._desk.clock.now()
                for action in self._due(now):
                    group.create_task(self._perform_and_wake(action))
                due = self._desk.next_at()
                pause = LONGEST_NAP if due is None else (due - now) / self._speed
                nap = min(max(pause, SHORTEST_NAP), LONGEST_NAP)
                try:
                    async with asyncio.timeout(nap):  # `wait_for` may swallow a cancellation before Python 3.12.
                        await self._news.wait()
                except TimeoutError:
                    continue

    async def perform(self, action: Action) -> None:
        """Do one thing upstream and tell the desk how it went; nothing but cancellation gets out."""
        try:
            await self._try(action)
        except UpstreamRefusal as refusal:
            self._tell_refusal(action, refusal)
        except UpstreamError as silence:
            log.info("%s: %s", type(action).__name__, silence)
            self._tell_silence(action)
        except Exception as flaw:  # A flaw of ours must cost one submission, not the loop.
            log.error("%s ended in %s", type(action).__name__, type(flaw).__name__)
            self._tell_silence(action)

    def _due(self, now: float) -> list[Action]:
        try:
            return self._desk.actions(now)
        except Exception:  # A flaw of ours must not leave everybody waiting for ever.
            log.exception("The desk stumbled; it is asked again.")
            return []

    async def _perform_and_wake(self, action: Action) -> None:
        await self.perform(action)
        self.wake()

    async def _try(self, action: Action) -> None:
        desk, credential = self._desk, self._desk.credentials.get(action.credential)
        match action:
            case Create():
                self._note(action.submission_id, is_held=False)
                desk.created(action.submission_id, await self._upstream.create(credential, action))
            case Poll():
                progress = await self._upstream.poll(credential, action.video_id)
                self._note(action.submission_id, is_held=progress.is_held)
                desk.polled(action.submission_id, progress.status, progress.code)
            case Fetch():
                await self._fetch(action)
            case Check():
                await self._upstream.check(credential)
                desk.checked(action.credential, alive=True)

    def _note(self, submission_id: str, *, is_held: bool) -> None:
        settled = {each for each in self.held if each not in self._desk.book.open}
        self.held -= settled | {submission_id}
        if is_held:
            self.held.add(submission_id)

    async def _fetch(self, action: Fetch) -> None:
        credential = self._desk.credentials.get(action.credential)
        clip = await self._upstream.fetch(credential, action.video_id, "video")
        still = await self._fetch_still(action) if self._thumbnails else None
        clip_id = self._desk.fetched(action.submission_id, ok=True)
        if clip_id is not None:
            self._shelf.put(clip_id, "video", clip)
            if still is not None:
                self._shelf.put(clip_id, "thumbnail", still)

    async def _fetch_still(self, action: Fetch) -> Content | None:
        credential = self._desk.credentials.get(action.credential)
        try:
            return await self._upstream.fetch(credential, action.video_id, "thumbnail")
        except UpstreamError:
            return None  # A clip without a still is a clip.

    def _tell_refusal(self, action: Action, refusal: UpstreamRefusal) -> None:
        if isinstance(action, Check):
            self._desk.checked(action.credential, alive=False, code=refusal.code)
        else:
            self._desk.refused(action.submission_id, refusal.status, refusal.code, refusal.retry_after)

    def _tell_silence(self, action: Action) -> None:
        if isinstance(action, Check):
            self._desk.checked(action.credential, alive=False)
        else:
            self._desk.unreachable(action.submission_id)
