"""What the routes of signals share: who asks, who waits for news, whom signals may be pushed to."""

from __future__ import annotations

from fastapi import Depends, Security, params
from fastapi.security import HTTPBearer
from starlette.requests import Request

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.signals import Stream

from .bell import Bell
from .callers import caller_of
from .push_targets import check_target
from .settings import WebSettings
from .signal_forms import StreamConfiguration, StreamForm, configuration

RECEIVER_KEY = HTTPBearer(
    auto_error=False, scheme_name="receiverKey",
    description="The key of a receiver of signals, shown once when it is admitted; or the operator key.",
)


class SignalDesk:
    """The authority, the bell that rings when there is news, and whom signals may be pushed to."""

    def __init__(self, authority: Authority, settings: WebSettings) -> None:
        self.authority, self.bell, self._settings = authority, Bell(), settings
        authority.signal_streams.on_news = self.bell.ring

    def receivers_only(self) -> list[params.Depends]:
        """Dependencies that let a receiver or the operator pass; `request.state.asker` is who it is."""

        async def check(request: Request) -> None:
            key = caller_of(request.scope).bearer
            request.state.asker = None if key is None else self.authority.transmitter.asker(key)
            if request.state.asker is None:
                raise errors.ReceiverKeyInvalid("This request needs a receiver's key, or the operator key, as bearer.")

        return [Security(RECEIVER_KEY), Depends(check)]

    def check(self, form: StreamForm) -> None:
        """Raise Invalid if signals were to be pushed to where they may not go."""
        url = form.settings().endpoint_url
        if url is not None:
            check_target(url, self._settings.signal_hosts)

    def shown(self, request: Request, stream: Stream) -> StreamConfiguration:
        """The stream as its receiver sees it."""
        audience = self.authority.transmitter.audience(stream)
        return configuration(stream, self.authority.issuer, audience, str(request.app.state.public_url))
