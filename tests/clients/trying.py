"""A live API under an issuer that clients can reach, and clients that talk to it from environments of their own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.running import free_ports, running

HERE = Path(__file__).parent
POLICY = HERE / "clients.yaml"


@dataclass(frozen=True)
class LiveApi:
    """Where it is, and who may use it."""

    issuer: str
    client_id: str
    client_secret: str
    operator_key: str

    def told_by(self, *command: str | Path, operator: bool = False, cwd: Path | None = None) -> Any:
        """What a client, which gets the address and credentials, saw: the JSON it prints."""
        who = [self.issuer, self.client_id, self.client_secret, *([self.operator_key] if operator else [])]
        outcome = subprocess.run(
            [*map(str, command), *who], check=False, capture_output=True, text=True, timeout=120, cwd=cwd,
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        )
        assert outcome.returncode == 0, outcome.stderr
        return json.loads(outcome.stdout)


@contextmanager
def live_api(folder: Path, algorithm: str, *options: str) -> Iterator[LiveApi]:
    """An API that signs with `algorithm`, started with more `options`, for the length of a `with` block."""
    policy = folder / "policy.yaml"
    text = POLICY.read_text(encoding="utf-8")
    assert "signing_algorithm: ES256" in text
    policy.write_text(text.replace("signing_algorithm: ES256", f"signing_algorithm: {algorithm}"), encoding="utf-8")
    (port,) = free_ports(1)
    issuer = f"http://127.0.0.1:{port}"
    asked = ["--port-api", str(port), "--issuer", issuer, "--policy", str(policy), *options]
    with running(folder / "range", "api", *asked) as server:
        credentials = server.credentials
        tester = credentials["tester"]
        yield LiveApi(issuer, tester["tester_id"], tester["tester_key"], credentials["operator_key"])
