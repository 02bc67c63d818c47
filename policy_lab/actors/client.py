"""A client of the gated API: holds a tester key or an access token, and buys a new token in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mock_api.core.errors import Forbidden, Refusal, Unauthenticated
from mock_api.core.gate import Caller
from mock_api.core.orders import VideoOrder
from mock_api.core.outputs import Content
from mock_api.core.video import Video
from policy_lab.ports import TokenApi, VideoApi

Answer = TypeVar("Answer")


class CutOff(Exception):
    """The API does not let this client in any more. `code` is the refusal's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Client:
    """Somebody with a credential, seen by the gate as `origin`.

    With a tester key it buys access tokens; without one it has only the token it was given. Every method
    raises CutOff once the credential is of no more use, and Refusal for anything else the API declines.
    """

    def __init__(self, tokens: TokenApi, videos: VideoApi, origin: str) -> None:
        self._tokens = tokens
        self._videos = videos
        self.origin = origin
        self.tester_id = ""
        self._tester_key: str | None = None
        self._caller = Caller(None, origin)

    def hold_key(self, tester_id: str, tester_key: str) -> None:
        """From now on, use this tester key."""
        self.tester_id, self._tester_key = tester_id, tester_key

    def hold_token(self, access_token: str) -> None:
        """From now on, use this access token."""
        self._caller = Caller(access_token, self.origin)

    def buy_token(self) -> str:
        """Buy an access token with the tester key, use it from now on, and return it."""
        if self._tester_key is None:
            raise CutOff("missing_token")
        try:
            grant = self._tokens.issue_access_token(self.tester_id, self._tester_key, None, self.origin)
        except (Unauthenticated, Forbidden) as refusal:
            raise CutOff(refusal.code) from refusal
        self.hold_token(grant.access_token)
        return grant.access_token

    def submit(self, order: VideoOrder) -> Video:
        """Order a render."""
        return self._ask(lambda: self._videos.submit_video(self._caller, order, None))

    def retrieve(self, video_id: str) -> Video:
        """See how a render is doing."""
        return self._ask(lambda: self._videos.retrieve_video(self._caller, video_id))

    def download(self, video_id: str) -> Content:
        """Take the output away."""
        return self._ask(lambda: self._videos.download(self._caller, video_id, "video"))

    def _ask(self, request: Callable[[], Answer]) -> Answer:
        """Ask; if the token is not accepted, buy another and ask once more."""
        if self._caller.bearer is None:
            self.buy_token()
        try:
            return request()
        except Unauthenticated as refusal:
            if self._tester_key is None:
                raise CutOff(refusal.code) from refusal
        except Forbidden as refusal:
            raise _final(refusal) from refusal
        self.buy_token()
        try:
            return request()
        except (Unauthenticated, Forbidden) as refusal:
            raise _final(refusal) from refusal


def _final(refusal: Refusal) -> Exception:
    """A locked output is no reason to give up; anything else that is forbidden is."""
    return refusal if refusal.code == "output_quarantined" else CutOff(refusal.code)
