"""The servers that `wrk` compares: each a process of its own on the listening socket it is handed.

* `gate`      the API with its journal on disk: every request is admitted, recorded and watched
* `open`      the same with the gate taken out
* `bare`      FastAPI alone, returning the same body as a dict
* `constant`  FastAPI alone, returning the same body as a ready Response

    python -m benchmarks.http_variants VARIANT SERVER DESCRIPTOR FOLDER
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

from leaklab.chance import SystemIds, SystemSecrets, SystemStreams
from leaklab.clock import SystemClock
from mock_api.core.authority import Authority, Surroundings
from mock_api.core.gate import Admission, Caller
from mock_api.core.orders import VideoOrder
from mock_api.core.policy import Policy, Quota, RenderModel
from mock_api.core.video import Video
from mock_api.journal import Journal
from mock_api.web import create_app

BENCH = Policy(
    name="bench", quota=Quota(requests_per_minute=10**9),
    renders=RenderModel(seconds_per_clip_second=1e-6, service_sigma=0.0, moderation_share=0.0),
)


class Safe:
    """A vault in memory."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        """The secret, or None."""
        return self._secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        """Keep the secret."""
        self._secrets[name] = secret


class OpenGate:
    """The gate taken out: everybody is the one tester there is."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    def admit(self, caller: Caller, action: str, now: float) -> Admission:  # noqa: ARG002 - it does not look.
        """Let in."""
        return self._admission


def build(variant: str, folder: Path) -> tuple[Any, str, str]:
    """(application, path to ask for, access token) of a variant."""
    journal = Journal(folder / f"{variant}.sqlite")
    surroundings = Surroundings(
        clock=SystemClock(), streams=SystemStreams(), ids=SystemIds(), secrets=SystemSecrets(), vault=Safe(),
    )
    authority = Authority(surroundings, journal)
    authority.open(BENCH)
    invited = authority.operator.invite("bench", "bench", by="bench")
    grant = authority.public.issue_access_token(invited.tester_id, invited.tester_key, None, "bench")
    caller = Caller(grant.access_token, "bench")
    video = authority.tester.submit_video(caller, VideoOrder(prompt="A lighthouse in fog"))
    while video.status != "completed":
        time.sleep(0.01)
        video = authority.tester.retrieve_video(caller, video.id)
    path = f"/v1/videos/{video.id}"
    if variant in {"bare", "constant"}:
        return _bare(variant, video), path, grant.access_token
    if variant == "open":
        (issued,) = authority.programme.tokens.values()
        gate = OpenGate(Admission(issued.jti, issued.tester_id, issued.issued_at, issued.issued_at))
        authority.gate = gate  # type: ignore[assignment]  # It does what the tester's door asks of a gate.
    return create_app(authority, journal), path, grant.access_token


def _bare(variant: str, video: Video) -> FastAPI:
    app = FastAPI()
    as_dict, as_bytes = msgspec.to_builtins(video), msgspec.json.encode(video)

    async def constant_dict(video_id: str) -> dict[str, Any]:  # noqa: ARG001 - as the real route has it.
        return dict(as_dict)

    async def constant_response(video_id: str) -> Response:  # noqa: ARG001 - as the real route has it.
        return Response(as_bytes, media_type="application/json")

    app.get("/v1/videos/{video_id}")(constant_dict if variant == "bare" else constant_response)
    return app


def serve(variant: str, server: str, descriptor: int, folder: Path) -> None:
    """Be one server: print what to ask for, then answer until the parent ends us."""
    app, path, token = build(variant, folder)
    print(json.dumps({"path": path, "token": token}), flush=True)
    listener = socket.socket(fileno=descriptor)
    if server == "uvicorn":
        config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(uvicorn.Server(config).serve(sockets=[listener]))
        return
    # Only for the comparison: the product installs one server, and this is not it.
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server.embed import Server  # noqa: PLC0415

    port = listener.getsockname()[1]
    listener.close()
    with asyncio.Runner(loop_factory=uvicorn.Config(app, loop="uvloop").get_loop_factory()) as runner:
        runner.run(Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI).serve())


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
