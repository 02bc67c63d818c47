"""A range to be measured: authority and gates as processes of their own, in a folder that goes away."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from leaklab.problems import Problem
from leaklab.redis_server import redis_at
from leaklab.vault import write_private
from mock_api.core.enforcement import InProcess, Push
from policy_lab.lag import Plan

STOP_LIMIT = 10.0      # seconds that a process gets to end by itself


@dataclass(frozen=True, slots=True)
class MeasuredRange:
    """A range that answers: its addresses, what opens it, and the Redis between its parts, if there is one."""

    authority: str
    gates: list[str]
    credentials: dict[str, Any]
    redis_url: str | None


@contextmanager
def started(plan: Plan, folder: Path, redis: str | None) -> Iterator[MeasuredRange]:
    """Start authority and gates for the length of a `with`; raises Problem.

    `redis` as `redis_at` takes it; where the enforcement pushes nothing there is none. `auto` without a redis-server
    on this machine: news goes over server-sent events.
    """
    alone = isinstance(plan.policy.enforcement, InProcess)
    data, policy = folder / "range", folder / "policy.json"
    policy.write_bytes(msgspec.json.encode(plan.policy))
    wish = redis if isinstance(plan.policy.enforcement, Push) else None
    if wish == "auto" and shutil.which("redis-server") is None:
        wish = None
    with redis_at(wish) as redis_url, ExitStack() as processes:
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("LEAKLAB_")}
        if redis_url is not None:
            surroundings["LEAKLAB_REDIS"] = redis_url
        authority = processes.enter_context(running(
            ["serve", "api", "--data", str(data), "--port-api", "0", "--policy", str(policy), "--testers", "1",
             "--with-parent"],
            surroundings,
        ))
        credentials = json.loads((data / "credentials.json").read_text(encoding="utf-8"))
        gates = [authority]
        if not alone:
            key = folder / "gate-key"
            write_private(key, f"{credentials['gate_key']}\n")
            gates = [
                processes.enter_context(running(
                    ["serve", "gate", "--name", name, "--authority", authority, "--gate-key-file", str(key),
                     "--port-gate", "0", "--with-parent"],
                    surroundings,
                ))
                for name in plan.gate_names
            ]
        yield MeasuredRange(authority, gates, credentials, redis_url)


@contextmanager
def running(arguments: list[str], surroundings: dict[str, str]) -> Iterator[str]:
    """Run `leaklab` with these arguments for the length of a `with`; yields the first address it says."""
    process = subprocess.Popen(  # noqa: S603 - our own Python, our own arguments
        [sys.executable, "-m", "leaklab", *arguments], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
        env=surroundings, process_group=0,         # Ctrl-C is for us, who end the others in order.
    )
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        said = next((line for line in process.stdout if line.startswith("ready:")), "")
        found = re.search(r"http://[0-9.:\[\]a-f]+", said)
        if found is None:
            raise Problem(f"`leaklab {' '.join(arguments[:2])}` did not start; the lines above say why.", exit_code=5)
        yield found.group()
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
