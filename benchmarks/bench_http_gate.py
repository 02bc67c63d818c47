"""What the gate costs over HTTP: requests per second of `GET /v1/videos/{id}` with a good token.

    .venv/bin/python benchmarks/bench_http_gate.py [--rounds 5] [--seconds 3] [--server uvicorn|granian]

Four servers, one process each, take turns under `wrk`:

* `gate`      the API with its journal on disk: every request is admitted, recorded and watched
* `open`      the same with the gate taken out
* `bare`      FastAPI alone, returning the same body as a dict
* `constant`  FastAPI alone, returning the same body as a ready Response

The ratios are medians over interleaved rounds: of one round's numbers, so that a noisy neighbour hits both.
On a busy machine look at the second figure as well: processor time of the server per request, which
neighbours hardly change.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
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

VARIANTS = ("gate", "open", "bare", "constant")
GOALS = {("gate", "open"): 0.85, ("gate", "bare"): 1.0, ("gate", "constant"): None}
CONNECTIONS = 32
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


@contextlib.contextmanager
def running(variant: str, server: str, folder: Path) -> Iterator[tuple[str, str, int]]:
    """(url, token, process id) of a server in a process of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    listener.set_inheritable(True)
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", variant, "--server", server, "--fd", str(listener.fileno()),
         "--folder", str(folder)],
        pass_fds=[listener.fileno()], stdout=subprocess.PIPE, text=True,
    )
    port = listener.getsockname()[1]
    listener.close()
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield f"http://127.0.0.1:{port}{told['path']}", told["token"], process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def load(url: str, token: str, process: int, seconds: int) -> tuple[float, float]:
    """(requests per second, microseconds of the server's processor per request) under `wrk`."""
    before = _processor_seconds(process)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {token}",
         "-H", "User-Agent: wrk/4", url],
        capture_output=True, text=True, check=True,
    ).stdout
    spent = _processor_seconds(process) - before
    rate, number = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if "Non-2xx" in said or rate is None or number is None:
        raise SystemExit(f"{url} did not answer well: {said}")
    return float(rate[1]), 1e6 * spent / int(number[1])


def _processor_seconds(process: int) -> float:
    times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def compare(rounds: int, seconds: int, server: str) -> dict[tuple[str, str], tuple[float, float]]:
    """The median ratios of rates and of processor time; prints every round."""
    figures: dict[str, list[tuple[float, float]]] = {variant: [] for variant in VARIANTS}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {variant: stack.enter_context(running(variant, server, folder)) for variant in VARIANTS}
        for each in servers.values():
            load(*each, 1)
        for number in range(rounds):
            for variant in VARIANTS if number % 2 == 0 else VARIANTS[::-1]:
                figures[variant].append(load(*servers[variant], seconds))
            print("   ".join(
                "{} {:6.0f}/s {:5.1f} us".format(variant, *figures[variant][-1]) for variant in VARIANTS
            ), flush=True)
    return {
        (one, other): (
            median(a[0] / b[0] for a, b in zip(figures[one], figures[other], strict=True)),
            median(b[1] / a[1] for a, b in zip(figures[one], figures[other], strict=True)),
        ) for one, other in GOALS
    }


def main() -> None:
    """Measure and judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--server", choices=["uvicorn", "granian"], default="uvicorn")
    parser.add_argument("--serve", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.server, asked.fd, asked.folder)
        return
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs wrk: apt-get install wrk")
    for (one, other), (rate, spent) in compare(asked.rounds, asked.seconds, asked.server).items():
        goal = GOALS[one, other]
        verdict = "" if goal is None else f"  goal >= {goal}: {'met' if rate >= goal else 'MISSED'}"
        print(f"{one} / {other}: {rate:.3f} of the requests, {spent:.3f} by processor time{verdict}")


if __name__ == "__main__":
    main()
