"""Which gate a caller comes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import cycle

from mock_api.core.doors.tester import VideoPage
from mock_api.core.gate import Caller
from mock_api.core.orders import VideoOrder
from mock_api.core.outputs import Content
from mock_api.core.video import Video
from policy_lab.ports import VideoApi

Route = Callable[[Caller], Caller]


def by_origin(gates: Sequence[str]) -> Route:
    """A stable hash of the origin decides: one person keeps to one gate, as with a sticky or a regional balancer."""
    places: dict[str, str] = {}

    def route(caller: Caller) -> Caller:
        gate = places.get(caller.origin)
        if gate is None:
            digest = blake2b(caller.origin.encode(), digest_size=8).digest()
            gate = places[caller.origin] = gates[int.from_bytes(digest, "big") % len(gates)]
        return Caller(caller.bearer, caller.origin, gate, caller.presented)

    return route


def in_turn(gates: Sequence[str]) -> Route:
    """Every request goes to the next gate: a busy server behind a round-robin balancer meets all of them.

    So a public front end finds the gate that lags most, which is what an attacker would look for.
    """
    turns = cycle(gates)
    return lambda caller: Caller(caller.bearer, caller.origin, next(turns), caller.presented)


class Routed:
    """The gated API behind gates in front. It satisfies the port VideoApi."""

    def __init__(self, videos: VideoApi, route: Route) -> None:
        self._videos = videos
        self._route = route

    def submit_video(self, caller: Caller, order: VideoOrder, idempotency_key: str | None) -> Video:
        """Order a render."""
        return self._videos.submit_video(self._route(caller), order, idempotency_key)

    def retrieve_video(self, caller: Caller, video_id: str) -> Video:
        """See how it is doing."""
        return self._videos.retrieve_video(self._route(caller), video_id)

    def list_videos(self, caller: Caller, after: str | None, limit: int, order: str) -> VideoPage:
        """A page of one's videos."""
        return self._videos.list_videos(self._route(caller), after, limit, order)

    def download(self, caller: Caller, video_id: str, variant: str) -> Content:
        """Take the output away."""
        return self._videos.download(self._route(caller), video_id, variant)
