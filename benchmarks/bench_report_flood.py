"""What 10 000 false leak reports a minute do to `revoke`: its answer times under each kind of flood over those without.

One real server; quiet and flooded spells take turns, so that a noisy neighbour hits all of them. Revocations are sent
when they are due, and their times count from then: a server that stalls does not hide behind a client that waits.
The flood comes from another process. Afterwards the log is asked whether anything was revoked that nobody asked for.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from .report_flood_load import BATCH, HANDED_IN, PATHS
from .rows import Row

SPELLS, SECONDS = 10, 6.0     # of each kind, and how long each lasts
EVERY = 0.05                  # seconds from one revocation to the next
WARM_UP = 20                  # revocations before the first that counts
QUIET = "quiet"
KINDS = (QUIET, *PATHS)
LARGEST_RATIO = 1.5
BELIEVED = "operator's form"  # no target: the operator's own word is kept durably, with a commit for each
LEAKLAB = Path(sys.executable).with_name("leaklab")


class Operator:
    """Speaks to the range on one connection."""

    def __init__(self, credentials: dict[str, Any]) -> None:
        self._credentials = credentials
        self._connection = http.client.HTTPConnection(urlsplit(credentials["api_url"]).netloc, timeout=60)
        self._headers = {
            "Authorization": f"Bearer {credentials['operator_key']}", "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer; raises RuntimeError unless it is a 200."""
        text = None if body is None else json.dumps(body)
        self._connection.request(method, path, text, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {said!r}")
        return json.loads(said)

    def buy_tokens(self, number: int) -> None:
        """Have `number` access tokens issued to the tester of the credentials file."""
        tester = self._credentials["tester"]
        form = urlencode({
            "grant_type": "client_credentials", "client_id": tester["tester_id"], "client_secret": tester["tester_key"],
        })
        connection = http.client.HTTPConnection(urlsplit(self._credentials["api_url"]).netloc, timeout=60)
        for _ in range(number):
            connection.request("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"/oauth/token: {answer.status} {said!r}")
        connection.close()

    def events(self) -> Iterator[dict[str, Any]]:
        """The whole log."""
        after = 0
        while True:
            page = self.ask("GET", f"/admin/events?after={after}&limit=1000")
            yield from (each["event"] for each in page["data"])
            if not page["has_more"]:
                return
            after = page["next"]


def measure() -> list[Row]:
    """Answer times of `revoke` by kind of spell, their ratios to the quiet ones, and what the floods left behind."""
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    answers: dict[str, Counter[str]] = {kind: Counter() for kind in PATHS}
    with tempfile.TemporaryDirectory() as folder, _range(Path(folder) / "range") as credentials:
        operator = Operator(credentials)
        each = round(SECONDS / EVERY)
        with ThreadPoolExecutor(8) as buyers:
            share = each * SPELLS * len(KINDS) // 8 + WARM_UP
            list(buyers.map(lambda _: Operator(credentials).buy_tokens(share), range(8)))
        jtis = [token["jti"] for token in operator.ask("GET", "/admin/tokens?live_only=true")["data"]]
        with _flood(credentials, Path(folder) / "operator-key") as (say, hear):
            _spell(operator, [jtis.pop() for _ in range(WARM_UP)])  # Nobody's first request counts.
            for spell in range(SPELLS):
                for kind in KINDS if spell % 2 == 0 else KINDS[::-1]:
                    if kind != QUIET:
                        say.write(f"{kind} {SECONDS}\n")
                        say.flush()
                    times[kind] += _spell(operator, [jtis.pop() for _ in range(each)])
                    if kind != QUIET:
                        answers[kind].update(json.loads(hear.readline()))
        told = Counter(event["type"] for event in operator.events())
    return [*_rows(times), *_aftermath(times, answers, told)]


def _spell(operator: Operator, jtis: list[str]) -> list[float]:
    """Revoke the tokens one after the other, each when it is due; seconds from then to the answer."""
    took = []
    begun = time.perf_counter() + 0.02
    for number, jti in enumerate(jtis):
        due = begun + number * EVERY
        time.sleep(max(0.0, due - time.perf_counter()))
        operator.ask("POST", "/admin/revocations", {"scope": {"kind": "token", "jti": jti}, "reason": "leaked"})
        took.append(time.perf_counter() - due)
    return took


def _rows(times: dict[str, list[float]]) -> Iterator[Row]:
    for kind, took in times.items():
        yield Row(f"revoke, {_words(kind)}: median", 1000 * _quantile(took, 0.5), unit="ms")
        yield Row(f"revoke, {_words(kind)}: p99", 1000 * _quantile(took, 0.99), unit="ms")
    for kind in PATHS:
        ratio = _quantile(times[kind], 0.99) / _quantile(times[QUIET], 0.99)
        target = None if kind == BELIEVED else LARGEST_RATIO
        yield Row(f"revoke, {_words(kind)} / quiet: p99", ratio, target, "lower")


def _aftermath(
    times: dict[str, list[float]], answers: dict[str, Counter[str]], told: Counter[str]
) -> Iterator[Row]:
    """Whether the floods were really sent, and what they left in the log."""
    batches = answers["one a request"]["200"] + answers["batches"]["200"]
    asked_for = sum(map(len, times.values())) + WARM_UP
    yield Row("false reports, one a request, answered", answers["one a request"]["200"], unit="")
    yield Row("false reports in batches, answered", BATCH * answers["batches"]["200"], unit="")
    yield Row("false reports by the operator's form, answered", answers["operator's form"]["200"], unit="")
    yield Row("guesses handed in, answered", HANDED_IN * answers["handed in"]["202"], unit="")
    yield Row("events for each batch of false reports", told["ScannerBatchTaken"] / batches, 1.0, "lower")
    yield Row("revocations that nobody asked for", told["Revoked"] - asked_for, 0.0, "lower", "")


def _words(kind: str) -> str:
    return kind if kind == QUIET else f"flood ({kind})"


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


@contextmanager
def _range(data: Path) -> Iterator[dict[str, Any]]:
    """A running range, and its credentials."""
    command = [str(LEAKLAB), "serve", "api", "--data", str(data), "--port-api", "0", "--testers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        while not process.stdout.readline().startswith("ready"):
            if process.poll() is not None:
                raise RuntimeError("the range did not start")
        yield json.loads((data / "credentials.json").read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def _flood(credentials: dict[str, Any], key_file: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    """The process that floods: where to write what it is to do, and where to read what came of it."""
    key_file.write_text(credentials["operator_key"], encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.report_flood_load", credentials["api_url"], str(key_file)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the flood did not start")
        yield process.stdin, process.stdout
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()
