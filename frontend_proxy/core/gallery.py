"""The clips on show: each has a share link, and whoever comes through it is that clip's offspring."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from .orders import ClipOrder


class Clip(Struct):
    """One displayed clip; `offspring` counts the visitors its share link brought."""

    clip_id: str
    video_id: str
    order: ClipOrder
    displayed_at: float
    offspring: int = 0


class Gallery:
    """The newest `limit` clips."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._clips: OrderedDict[str, Clip] = OrderedDict()

    def __len__(self) -> int:
        return len(self._clips)

    def __iter__(self) -> Iterator[Clip]:
        return reversed(self._clips.values())

    def hang(self, clip: Clip) -> None:
        """Put a clip on show; the oldest goes when the wall is full."""
        self._clips[clip.clip_id] = clip
        if len(self._clips) > self._limit:
            self._clips.popitem(last=False)

    def get(self, clip_id: str) -> Clip | None:
        """The clip, or None once it is gone."""
        return self._clips.get(clip_id)

    def newest(self, count: int) -> list[Clip]:
        """Up to `count` clips, newest first."""
        return list(islice(iter(self), count))

    def credit(self, clip_id: str) -> None:
        """A visitor came through this clip's share link."""
        clip = self._clips.get(clip_id)
        if clip is not None:
            clip.offspring += 1
