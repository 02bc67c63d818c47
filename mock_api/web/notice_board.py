"""What gates in front may be told: the notices whose events are on disk, and no others.

A notice that a crash takes back would leave a gate ahead of the authority, deaf to the next one of that number.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from mock_api.core.authority import Authority
from mock_api.core.enforcement import Push
from mock_api.core.enforcement.questions import Notice, Pulse
from mock_api.journal import JournalPort, JournalUnavailable

LOOK_EVERY = 0.02  # seconds; what falls due without a request (a suspension's end) goes out this late
PULSE = 0.5        # seconds between two pulses, where the policy says nothing of it

_log = logging.getLogger("leaklab.web")


class NoticeBoard:
    """The revocation feed as far as it is on disk. Make it when all the authority knows is on disk."""

    def __init__(self, authority: Authority, journal: JournalPort) -> None:
        self._authority, self._journal = authority, journal
        self.seq = authority.feed.seq
        self.is_closed = False
        self._followers: list[Callable[[], None]] = []

    @property
    def pulse_every(self) -> float:
        """Seconds between two pulses."""
        enforcement = self._authority.policy.enforcement
        return enforcement.pulse if isinstance(enforcement, Push) else PULSE

    def pulse(self) -> Pulse:
        """Where the board stands."""
        return Pulse(self._authority.feed.name, self.seq, self._authority.clock.now())

    def beyond(self, seq: int) -> tuple[Notice, ...]:
        """The notices beyond `seq` that may be told, oldest first; none where they are no longer kept.

        Whoever misses some hears of it with the next pulse, and asks.
        """
        return tuple(notice for notice in self._authority.feed.since(seq) or () if notice.seq <= self.seq)

    def follow(self, news: Callable[[], None]) -> Callable[[], None]:
        """Call `news` whenever the board has moved on, or is closed; returns what ends that."""
        self._followers.append(news)
        return lambda: self._followers.remove(news)

    async def flushed(self) -> None:
        """Wait until all that has been decided so far is on disk; then followers hear first, and the caller second.

        That is why a revocation is on its way to the gates before it is acknowledged.
        """
        seq = self._authority.feed.seq
        await self._journal.flushed()
        if seq > self.seq:
            self.seq = seq
            self._tell()
            await asyncio.sleep(0)  # Those who were told get their turn.

    async def keep(self) -> None:
        """Look again and again for what was decided without a request."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._authority.feed.seq > self.seq:
                try:
                    await self.flushed()
                except JournalUnavailable:
                    continue
                except Exception:  # One bad look must not end all looking.
                    _log.exception("the notice board could not be brought up to date")

    def close(self) -> None:
        """Let the followers go."""
        self.is_closed = True
        self._tell()

    def _tell(self) -> None:
        for news in self._followers:
            news()
