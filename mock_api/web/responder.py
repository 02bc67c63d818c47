"""Answering a leak: revoke, suspend, slow down, pause; alerts, reports, attributions."""

from __future__ import annotations

from fastapi import FastAPI
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors, events
from mock_api.core.authority import Authority
from mock_api.core.containment import RevocationOutcome
from mock_api.core.doors.responder import Alert, Attribution
from mock_api.core.scopes import Scope, TokenScope

from .answers import Listing, answer
from .bodies import read_json
from .callers import By, operator_only
from .documents import operation
from .forms import (
    Act,
    LeakReport,
    NamedScope,
    NamedToken,
    Pause,
    Release,
    Resumption,
    Revocation,
    Suspension,
    Throttle,
)

RESPONDER = (errors.OperatorKeyInvalid, errors.NotFound, errors.AlreadySettled)


class SuspensionMade(Struct, frozen=True):
    """The suspension's id by the name that lists and events use, and as the `{id}` of its own path."""

    suspension_id: str
    id: str


class ReportMade(Struct, frozen=True):
    """The leak report's id, by both names likewise."""

    report_id: str
    id: str


class Settled(Struct, frozen=True):
    """Whether the programme is paused now."""

    paused: bool


class Released(Struct, frozen=True):
    """The videos whose quarantine was lifted, oldest first."""

    video_ids: list[str]


class Throttled(Struct, frozen=True):
    """What a tester has left."""

    tester_id: str
    requests_per_minute: int


def serve_responder(api: FastAPI, authority: Authority) -> None:
    """Add the routes of whoever answers a leak."""
    _serve_revocations(api, authority)
    _serve_suspensions(api, authority)
    _serve_throttles(api, authority)
    _serve_quarantines(api, authority)
    _serve_programme(api, authority)
    _serve_signs(api, authority)


def _serve_revocations(api: FastAPI, authority: Authority) -> None:
    guard, responder = operator_only(authority), authority.responder

    what = operation("Revoke", "responder", RevocationOutcome, body=Revocation, refusals=RESPONDER)

    @api.post("/admin/revocations", dependencies=guard, **what)
    async def revoke(request: Request, dry_run: bool = False) -> Response:
        """Refuse whatever the scope covers from now on. A dry run tells the blast radius and does nothing."""
        form = await read_json(request, Revocation)
        scope = _scope(authority, form.scope)
        return answer(responder.revoke(scope, form.reason, form.by, dry_run, form.alert_id))

    what = operation("List revocations", "responder", Listing[events.Revoked], refusals=RESPONDER[:1])

    @api.get("/admin/revocations", dependencies=guard, **what)
    async def list_revocations() -> Response:
        """Every revocation with who, why and when, newest first."""
        return answer(Listing(responder.revocations()))


def _serve_suspensions(api: FastAPI, authority: Authority) -> None:
    guard, responder = operator_only(authority), authority.responder

    what = operation("Suspend", "responder", SuspensionMade, body=Suspension, refusals=RESPONDER)

    @api.post("/admin/suspensions", dependencies=guard, **what)
    async def suspend(request: Request) -> Response:
        """Refuse whatever the scope covers for a while."""
        form = await read_json(request, Suspension)
        scope = _scope(authority, form.scope)
        suspension_id = responder.suspend(scope, form.seconds, form.reason, form.by, form.alert_id)
        return answer(SuspensionMade(suspension_id, suspension_id))

    what = operation("List suspensions", "responder", Listing[events.Suspended], refusals=RESPONDER[:1])

    @api.get("/admin/suspensions", dependencies=guard, **what)
    async def list_suspensions() -> Response:
        """The suspensions in force, newest first."""
        return answer(Listing(responder.suspensions()))

    what = operation("Lift a suspension", "responder", SuspensionMade, refusals=RESPONDER)

    @api.delete("/admin/suspensions/{suspension_id}", dependencies=guard, **what)
    async def lift(suspension_id: str, by: By = "operator") -> Response:
        """End a suspension before its time."""
        responder.lift(suspension_id, by)
        return answer(SuspensionMade(suspension_id, suspension_id))


def _serve_throttles(api: FastAPI, authority: Authority) -> None:
    guard, responder = operator_only(authority), authority.responder

    what = operation("Throttle a tester", "responder", Throttled, body=Throttle, refusals=RESPONDER)

    @api.post("/admin/throttles", dependencies=guard, **what)
    async def throttle(request: Request) -> Response:
        """Leave a tester fewer requests per minute."""
        form = await read_json(request, Throttle)
        responder.throttle(form.tester_id, form.requests_per_minute, form.reason, form.by, form.alert_id)
        return answer(Throttled(form.tester_id, form.requests_per_minute))


def _serve_quarantines(api: FastAPI, authority: Authority) -> None:
    guard, responder = operator_only(authority), authority.responder

    what = operation("Lift a quarantine", "responder", Released, body=Release, refusals=RESPONDER)

    @api.post("/admin/quarantines/lift", dependencies=guard, **what)
    async def release(request: Request) -> Response:
        """Put locked outputs back to where they stood before; what was revoked stays revoked."""
        form = await read_json(request, Release)
        video_id = None if form.video_id is UNSET else form.video_id
        revocation_id = None if form.revocation_id is UNSET else form.revocation_id
        return answer(Released(
            responder.release(form.reason, form.by, video_id=video_id, revocation_id=revocation_id)
        ))


def _serve_programme(api: FastAPI, authority: Authority) -> None:
    guard, responder = operator_only(authority), authority.responder

    what = operation("Pause the programme", "responder", Settled, body=Pause, refusals=RESPONDER)

    @api.post("/admin/programme/pause", dependencies=guard, **what)
    async def pause(request: Request) -> Response:
        """Let nobody in, until it is resumed."""
        form = await read_json(request, Pause)
        responder.pause(form.reason, form.by, form.recall, form.alert_id)
        return answer(Settled(True))

    what = operation("Resume the programme", "responder", Settled, body=Resumption, refusals=RESPONDER)

    @api.post("/admin/programme/resume", dependencies=guard, **what)
    async def resume(request: Request) -> Response:
        """Let people in again; what was revoked stays revoked."""
        form = await read_json(request, Resumption)
        responder.resume(form.reason, form.by)
        return answer(Settled(False))


def _serve_signs(api: FastAPI, authority: Authority) -> None:
    guard, responder = operator_only(authority), authority.responder

    what = operation("List alerts", "responder", Listing[Alert], refusals=RESPONDER[:1])

    @api.get("/admin/alerts", dependencies=guard, **what)
    async def list_alerts() -> Response:
        """What the detectors said, newest first, with the playbook's steps and what came of them."""
        return answer(Listing(responder.alerts()))

    what = operation("Carry out a playbook step", "responder", Alert, body=Act, refusals=RESPONDER)

    @api.post("/admin/alerts/{alert_id}/steps/{step_index}", dependencies=guard, **what)
    async def carry_out(request: Request, alert_id: str, step_index: int) -> Response:
        """Take a step of an alert now."""
        form = await read_json(request, Act)
        return answer(responder.carry_out(alert_id, step_index, form.by))

    what = operation("Report a leak", "responder", ReportMade, body=LeakReport, refusals=RESPONDER[:1])

    @api.post("/admin/leak-reports", dependencies=guard, **what)
    async def report_leak(request: Request) -> Response:
        """Tell of a leak. The answer does not say whether what was named exists."""
        form = await read_json(request, LeakReport)
        report_id = responder.report_leak(
            form.source, form.by, token=form.token, jti=form.jti, tester_id=form.tester_id, url=form.url,
            note=form.note,
        )
        return answer(ReportMade(report_id, report_id))

    what = operation("Attribute an output", "responder", Attribution, refusals=RESPONDER[:2])
    what["openapi_extra"] = {"requestBody": {"required": True, "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }}}

    @api.post("/admin/attributions", dependencies=guard, **what)
    async def attribute(request: Request, by: By = "operator") -> Response:
        """Read the watermark of an output, sent as the body, and name the token that made it."""
        return answer(responder.attribute(await request.body(), by))


def _scope(authority: Authority, scope: NamedScope) -> Scope:
    """The core's scope; a whole token is looked at for its `jti` and forgotten."""
    if not isinstance(scope, NamedToken):
        return scope
    if (scope.jti is UNSET) == (scope.token is UNSET):
        raise errors.Invalid("Name the token either by `jti` or by the whole `token`.", param="scope.jti")
    if scope.jti is not UNSET:
        return TokenScope(scope.jti)
    return TokenScope(authority.responder.jti_of(str(scope.token)))
