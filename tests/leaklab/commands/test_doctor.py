"""`leaklab doctor` finds what is wrong, says what to do, and knows its own range."""

from __future__ import annotations

import importlib.util
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leaklab import checkup
from tests.e2e.running import RunningRange, running
from tests.leaklab.conftest import Said

Call = Callable[..., Said]


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRange]:
    with running(tmp_path_factory.mktemp("doctor") / "range") as started:
        yield started


def _found(said: Said) -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for finding in json.loads(said.out)}


def test_a_machine_without_a_range_is_well(call: Call) -> None:
    said = call("doctor", "--port-api", "0", "--port-proxy", "0")
    assert said.code == 0, said.out
    assert "!!" not in said.out
    assert "leaklab serve range" in said.out


def test_a_taken_port_is_told_with_the_option_that_changes_it(call: Call, taken: int) -> None:
    said = call("doctor", "--port-api", str(taken), "--port-proxy", "0", "--json")
    finding = _found(said)[f"port {taken}"]
    assert (said.code, finding["seen"]) == (1, "taken by another program")
    assert "--port-api" in finding["remedy"]


def test_a_missing_extra_is_named_with_the_line_that_brings_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "locust" else find(name))
    finding = _found(call("doctor", "--port-api", "0", "--port-proxy", "0", "--json"))["extra [load]"]
    assert (finding["well"], finding["seen"]) == (False, "missing: locust")
    assert "leaklab[load]" in finding["remedy"]


def test_a_folder_that_cannot_be_written_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = call("doctor", "--data", tmp_path / "file" / "below", "--port-api", "0", "--port-proxy", "0", "--json")
    assert (said.code, _found(said)["write access"]["well"]) == (1, False)


def test_a_clock_that_was_never_set_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        def now(self) -> float:
            return 1000.0

    monkeypatch.setattr(checkup, "SystemClock", Stopped)
    said = call("doctor", "--port-api", "0", "--port-proxy", "0", "--json")
    assert (said.code, _found(said)["clock"]["well"]) == (1, False)


@pytest.mark.slow
@pytest.mark.server
def test_a_range_that_runs_is_well_and_its_ports_are_its_own(call: Call, server: RunningRange) -> None:
    api, proxy = (server.credentials[name].rsplit(":", 1)[1] for name in ("api_url", "proxy_url"))
    said = call("doctor", "--data", server.data, "--port-api", api, "--port-proxy", proxy, "--json")
    found = _found(said)
    assert (said.code, found[f"port {api}"]["seen"]) == (0, "taken by this range"), said.out
    assert found[f"port {proxy}"]["seen"] == "taken by this range"
    assert found["API"]["well"]
    assert found["front end"]["well"]


@pytest.mark.slow
@pytest.mark.server
def test_a_gate_that_is_gone_is_told_apart_from_a_range_that_is(call: Call, server: RunningRange) -> None:
    path = server.data / "credentials.json"
    kept = path.read_text(encoding="utf-8")
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        nowhere = f"http://127.0.0.1:{gone.getsockname()[1]}"
    path.write_text(json.dumps({**json.loads(kept), "gate_urls": [nowhere]}), encoding="utf-8")
    try:
        said = call("doctor", "--data", server.data, "--port-api", "0", "--port-proxy", "0", "--json")
    finally:
        path.write_text(kept, encoding="utf-8")
    finding = _found(said)["gate-1"]
    assert (finding["well"], finding["seen"]) == (False, f"{nowhere}/healthz: Connection refused")
    assert "The range runs without it." in finding["remedy"]


@pytest.mark.slow
@pytest.mark.server
def test_another_range_on_the_port_is_recognised(call: Call, server: RunningRange) -> None:
    api = server.credentials["api_url"].rsplit(":", 1)[1]
    found = _found(call("doctor", "--port-api", api, "--port-proxy", "0", "--json"))
    assert found[f"port {api}"]["seen"] == "taken by another Leaklab"


@pytest.mark.slow
@pytest.mark.server
def test_a_range_that_does_not_answer_is_told_with_the_line_that_starts_it(call: Call, tmp_path: Path) -> None:
    with running(tmp_path / "range") as server:
        assert server.stop() == 0
        (server.data / "credentials.json").chmod(0o640)
        said = call("doctor", "--data", server.data, "--port-api", "0", "--port-proxy", "0", "--json")
    found = _found(said)
    assert (said.code, found["API"]["well"]) == (1, False)
    assert f"leaklab serve range --data {server.data}" in found["API"]["remedy"]
    assert "chmod 600" in found["credentials.json"]["remedy"]


@pytest.mark.slow
@pytest.mark.server
def test_a_health_check_asks_one_address(call: Call, server: RunningRange) -> None:
    url = server.credentials["api_url"]
    assert call("doctor", "--answering", f"{url}/readyz").code == 0
    said = call("doctor", "--answering", f"{url}/nowhere")
    assert said.code == 1
    assert "404" in said.out


def test_a_health_check_of_nothing_says_how_to_start_it(call: Call) -> None:
    said = call("doctor", "--answering", "http://127.0.0.1:9/healthz")
    assert said.code == 1
    assert "leaklab serve range" in said.out


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "file:///etc/hosts",
        "http://localhost@example.com/",
        "https://127.0.0.1/",
        "nonsense",
        "http://[::1",
    ],
)
def test_a_health_check_stays_on_this_machine(call: Call, url: str) -> None:
    said = call("doctor", "--answering", url)
    assert (said.code, "not on this machine" in said.err) == (2, True)


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_damaged_credentials_are_told(call: Call, tmp_path: Path, content: str) -> None:
    (tmp_path / "credentials.json").write_text(content, encoding="utf-8")
    said = call("doctor", "--data", tmp_path, "--port-api", "0", "--port-proxy", "0", "--json")
    assert (said.code, _found(said)["range"]["well"]) == (1, False)


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" + bytes(200)])
def test_a_damaged_journal_does_not_trip_the_doctor(call: Call, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.sqlite3").write_bytes(content)
    assert call("doctor", "--data", tmp_path, "--port-api", "0", "--port-proxy", "0").code == 0
