"""Shared signals: discovery, receivers, and what receivers ask of their streams (SSF 1.0 §7, §8; RFC 8936)."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Security, params
from fastapi.security import HTTPBearer
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.signals import AdmittedReceiver, Receiver, Stream

from .answers import Listing, answer
from .bell import Bell
from .bodies import read_json
from .callers import By, caller_of, operator_only
from .documents import operation
from .forms import Name, Strict
from .operator import ONCE
from .push_targets import check_target
from .settings import WebSettings
from .signal_forms import (
    SSF,
    PollAnswer,
    PollForm,
    StatusForm,
    StatusSaid,
    StreamChange,
    StreamConfiguration,
    StreamForm,
    SubjectForm,
    TransmitterConfiguration,
    VerificationForm,
    configuration,
    discovered,
    status_of,
)

LONG_POLL = 20.0     # seconds a poll waits for the first signal
LOOK_AROUND = 1.0    # seconds after which it is looked whether the receiver is still there
NO_STORE = {"Cache-Control": "no-store"}
ASKING = (errors.ReceiverKeyInvalid, errors.NotFound)

RECEIVER_KEY = HTTPBearer(
    auto_error=False, scheme_name="receiverKey",
    description="The key of a receiver of signals, shown once when it is admitted; or the operator key.",
)


class NewReceiver(Strict, kw_only=True):
    """Who is to be told of security events."""

    name: Name
    by: Name = "operator"


class Dismissed(Struct, frozen=True):
    """Who is told no more."""

    receiver_id: str


class SignalDesk:
    """What the routes share: the authority, the bell, and whom signals may be pushed to."""

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


def serve_signals(api: FastAPI, desk: SignalDesk) -> None:
    """Add discovery, the operator's routes, and those of receivers."""
    what = operation("Discover the transmitter of signals", "signals", TransmitterConfiguration)
    what["responses"] = {200: what["responses"][200]}

    @api.get("/.well-known/ssf-configuration", **what)
    async def discover(request: Request) -> Response:
        """Where streams are kept and which keys sign (SSF 1.0 §7.1)."""
        return answer(discovered(desk.authority.issuer, str(request.app.state.public_url)))

    _serve_receivers(api, desk.authority)
    _serve_streams(api, desk)
    _serve_status(api, desk)
    _serve_subjects(api, desk)
    _serve_polls(api, desk)


def _serve_receivers(api: FastAPI, authority: Authority) -> None:
    guard, transmitter, path = operator_only(authority), authority.transmitter, "/admin/signal-receivers"
    refusals: tuple[type[errors.Refusal], ...] = (errors.OperatorKeyInvalid, errors.TooManyReceivers)
    what = operation("Admit a receiver of signals", "operator", AdmittedReceiver, body=NewReceiver, refusals=refusals)

    @api.post(path, dependencies=guard, **what)
    async def admit(request: Request) -> Response:
        """Let somebody keep a stream. The answer holds the receiver's key, which is shown this once."""
        form = await read_json(request, NewReceiver)
        return answer(transmitter.admit_receiver(form.name, form.by), headers=ONCE)

    what = operation("List the receivers of signals", "operator", Listing[Receiver], refusals=refusals[:1])

    @api.get(path, dependencies=guard, **what)
    async def list_receivers() -> Response:
        """Everybody who may keep a stream, oldest first."""
        return answer(Listing(transmitter.list_receivers()))

    refusals = (errors.OperatorKeyInvalid, errors.NotFound)
    what = operation("Dismiss a receiver of signals", "operator", Dismissed, refusals=refusals)

    @api.delete(path + "/{receiver_id:name}", dependencies=guard, **what)
    async def dismiss(receiver_id: str, by: By = "operator") -> Response:
        """Take a receiver's key and stream away."""
        transmitter.dismiss_receiver(receiver_id, by)
        return answer(Dismissed(receiver_id))


def _serve_streams(api: FastAPI, desk: SignalDesk) -> None:
    transmitter, path = desk.authority.transmitter, f"{SSF}/streams"
    guard = desk.receivers_only()
    refusals = (errors.ReceiverKeyInvalid, errors.StreamExists)
    what = operation("Create a stream", "signals", StreamConfiguration, body=StreamForm, refusals=refusals)
    what["responses"][201] = what["responses"].pop(200)

    @api.post(path, dependencies=guard, **what)
    async def create(request: Request) -> Response:
        """Tell the caller of security events from now on. Each receiver has one stream; a second is a conflict."""
        asker, form = request.state.asker, await read_json(request, StreamForm)
        desk.check(form)
        stream = transmitter.create_stream(asker, form.settings(), form.authorization)
        desk.bell.ring()
        return answer(desk.shown(request, stream), 201, NO_STORE)

    one_or_all = StreamConfiguration | list[StreamConfiguration]
    what = operation("Read streams", "signals", one_or_all, refusals=ASKING)

    @api.get(path, dependencies=guard, **what)
    async def read(request: Request, stream_id: str | None = None) -> Response:
        """The named stream, or all that the caller may see."""
        asker = request.state.asker
        if stream_id is not None:
            return answer(desk.shown(request, transmitter.stream(asker, stream_id)), headers=NO_STORE)
        shown = [desk.shown(request, stream) for stream in transmitter.list_streams(asker)]
        return answer(shown, headers=NO_STORE)

    async def change(request: Request, *, whole: bool) -> Response:
        asker, form = request.state.asker, await read_json(request, StreamChange)
        before = transmitter.stream(asker, form.stream_id).settings
        desk.check(form)
        settings = form.settings(None if whole else before)
        stream = transmitter.update_stream(asker, form.stream_id, settings, form.authorization)
        return answer(desk.shown(request, stream), headers=NO_STORE)

    what = operation("Update a stream", "signals", StreamConfiguration, body=StreamChange, refusals=ASKING)

    @api.patch(path, dependencies=guard, **what)
    async def update(request: Request) -> Response:
        """What is left out stays as it is."""
        return await change(request, whole=False)

    what = operation("Replace a stream", "signals", StreamConfiguration, body=StreamChange, refusals=ASKING)

    @api.put(path, dependencies=guard, **what)
    async def replace(request: Request) -> Response:
        """What is left out takes its default."""
        return await change(request, whole=True)

    what = _empty("Delete a stream", None)

    @api.delete(path, dependencies=guard, **what)
    async def delete(request: Request, stream_id: str) -> Response:
        """Tell the receiver no more; what waits is forgotten."""
        transmitter.delete_stream(request.state.asker, stream_id)
        desk.bell.ring()
        return Response(status_code=204)


def _serve_status(api: FastAPI, desk: SignalDesk) -> None:
    transmitter, path, guard = desk.authority.transmitter, f"{SSF}/status", desk.receivers_only()
    what = operation("Read a stream's status", "signals", StatusSaid, refusals=ASKING)

    @api.get(path, dependencies=guard, **what)
    async def read(request: Request, stream_id: str) -> Response:
        """Whether signals are delivered, and why not."""
        return answer(status_of(transmitter.stream(request.state.asker, stream_id)), headers=NO_STORE)

    what = operation("Set a stream's status", "signals", StatusSaid, body=StatusForm, refusals=ASKING)

    @api.post(path, dependencies=guard, **what)
    async def set_status(request: Request) -> Response:
        """Enable, pause (signals wait) or disable (signals are not kept) a stream."""
        asker, form = request.state.asker, await read_json(request, StatusForm)
        reason = None if form.reason is UNSET else form.reason
        return answer(status_of(transmitter.set_status(asker, form.stream_id, form.status, reason)), headers=NO_STORE)

    what = _empty("Verify a stream", VerificationForm)

    @api.post(f"{SSF}/verification", dependencies=guard, **what)
    async def verify(request: Request) -> Response:
        """Send a signal that says nothing but that the stream works, with the caller's `state` in it."""
        asker, form = request.state.asker, await read_json(request, VerificationForm)
        transmitter.verify(asker, form.stream_id, None if form.state is UNSET else form.state)
        return Response(status_code=204)


def _serve_subjects(api: FastAPI, desk: SignalDesk) -> None:
    transmitter, guard = desk.authority.transmitter, desk.receivers_only()

    async def named(request: Request) -> tuple[str, str, str]:
        asker, form = request.state.asker, await read_json(request, SubjectForm)
        if form.subject.iss != desk.authority.issuer:
            raise errors.NotFound("Nobody of another issuer is told of here.", param="subject.iss")
        return asker, form.stream_id, form.subject.sub

    what = _empty("Add a subject", SubjectForm)
    what["responses"][200] = {"description": "Done."}
    del what["responses"][204]

    @api.post(f"{SSF}/subjects/add", dependencies=guard, **what)
    async def add(request: Request) -> Response:
        """Tell of this tester again. Everybody is told of unless removed."""
        transmitter.add_subject(*await named(request))
        return Response(status_code=200)

    what = _empty("Remove a subject", SubjectForm)

    @api.post(f"{SSF}/subjects/remove", dependencies=guard, **what)
    async def remove(request: Request) -> Response:
        """Tell nothing more of this tester alone; what covers cohorts or everybody is told all the same."""
        transmitter.remove_subject(*await named(request))
        return Response(status_code=204)


def _serve_polls(api: FastAPI, desk: SignalDesk) -> None:
    deliveries, guard = desk.authority.deliveries, desk.receivers_only()
    what = operation("Poll a stream", "signals", PollAnswer, body=PollForm, refusals=ASKING)

    @api.post(SSF + "/streams/{stream_id:name}/poll", dependencies=guard, **what)
    async def poll(request: Request, stream_id: str) -> Response:
        """Take what the caller acknowledges, and give what it has not; unless told otherwise, wait for the first.

        A signal is given again and again until it is acknowledged or reported as an error (RFC 8936 §2.4).
        """
        asker, form = request.state.asker, await read_json(request, PollForm)
        errors_told = {jti: (each.err, each.description) for jti, each in form.set_errs.items()}
        deliveries.acknowledge(asker, stream_id, form.ack, errors_told)
        waited = 0.0
        while True:
            polled = deliveries.poll(asker, stream_id, form.max_events)
            if polled.sets or form.return_immediately or not form.max_events or waited >= LONG_POLL:
                return answer(PollAnswer(*polled), headers=NO_STORE)
            await desk.bell.wait(LOOK_AROUND)
            waited += LOOK_AROUND
            if await request.is_disconnected():
                return Response(status_code=204)  # Nobody hears it.


def _empty(summary: str, body: type[Struct] | None) -> dict[str, Any]:
    """A route that answers 204 and nothing else."""
    what = operation(summary, "signals", None, body=body, refusals=ASKING)
    what["responses"] = {204: {"description": "Done."}, **what["responses"]}
    del what["responses"][200]
    return what
