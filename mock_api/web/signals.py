"""Shared signals: discovery, and whom the operator admits as receivers (SSF 1.0 §7)."""

from __future__ import annotations

from fastapi import FastAPI
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.signals import AdmittedReceiver, Receiver

from .answers import Listing, answer
from .bodies import read_json
from .callers import By, operator_only
from .documents import operation
from .forms import Name, Strict
from .operator import ONCE
from .signal_desk import SignalDesk
from .signal_forms import TransmitterConfiguration, discovered
from .signal_streams import serve_signal_streams


class NewReceiver(Strict, kw_only=True):
    """Who is to be told of security events."""

    name: Name
    by: Name = "operator"


class Dismissed(Struct, frozen=True):
    """Who is told no more."""

    receiver_id: str


def serve_signals(api: FastAPI, desk: SignalDesk) -> None:
    """Add discovery, the operator's routes, and those of receivers."""
    what = operation("Discover the transmitter of signals", "signals", TransmitterConfiguration)
    what["responses"] = {200: what["responses"][200]}

    @api.get("/.well-known/ssf-configuration", **what)
    async def discover(request: Request) -> Response:
        """Where streams are kept and which keys sign (SSF 1.0 §7.1)."""
        return answer(discovered(desk.authority.issuer, str(request.app.state.public_url)))

    _serve_receivers(api, desk.authority)
    serve_signal_streams(api, desk)


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
