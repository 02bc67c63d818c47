"""What receivers of signals ask of their streams (SSF 1.0 §8; RFC 8936)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors

from .answers import answer
from .bodies import read_json
from .documents import operation
from .signal_desk import SignalDesk
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
    VerificationForm,
    status_of,
)

LONG_POLL = 20.0     # seconds a poll waits for the first signal
LOOK_AROUND = 1.0    # seconds after which it is looked whether the receiver is still there
NO_STORE = {"Cache-Control": "no-store"}
ASKING = (errors.ReceiverKeyInvalid, errors.NotFound)


def serve_signal_streams(api: FastAPI, desk: SignalDesk) -> None:
    """Add the routes of receivers."""
    _serve_streams(api, desk)
    _serve_changes(api, desk)
    _serve_status(api, desk)
    _serve_subjects(api, desk)
    _serve_polls(api, desk)


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

    what = _empty("Delete a stream", None)

    @api.delete(path, dependencies=guard, **what)
    async def delete(request: Request, stream_id: str) -> Response:
        """Tell the receiver no more; what waits is forgotten."""
        transmitter.delete_stream(request.state.asker, stream_id)
        desk.bell.ring()
        return Response(status_code=204)


def _serve_changes(api: FastAPI, desk: SignalDesk) -> None:
    transmitter, path, guard = desk.authority.transmitter, f"{SSF}/streams", desk.receivers_only()

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
