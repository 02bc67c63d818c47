"""Gates as processes: a range with a fleet of them, one by itself, and every way in which that can go wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.e2e.running import LEAKLAB, RunningRange, _environment, client, eventually, leaklab, running
from tests.services.redis import redis

pytestmark = [pytest.mark.slow, pytest.mark.server]

ENFORCEMENTS = [
    "introspection", "push", "pull,every=0.5", "status-list,ttl=0.5", "cutoff,every=0.5", "key-rotation,max_age=0.5",
    "freshness,every=0.5",
]


def as_tester(server: RunningRange, url: str) -> httpx2.Client:
    """The tester of the credentials file, at some address."""
    return client(url, server.credentials["tester"]["access_token"])


def revoke(server: RunningRange) -> None:
    """Revoke the tester's token."""
    known = server.credentials
    with client(known["api_url"], known["operator_key"]) as operator:
        body = {"scope": {"kind": "token", "token": known["tester"]["access_token"]}, "reason": "leaked"}
        answer = operator.post("/admin/revocations", json=body)
        assert answer.status_code == 200, answer.text


def status(server: RunningRange, url: str) -> dict[str, object]:
    with client(url, server.credentials["gate_key"]) as asking:
        answer = asking.get("/gate/status")
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found


def says(tester: httpx2.Client, code: int) -> bool:
    """Whether the tester gets this status."""
    return tester.get("/v1/videos").status_code == code


def seq(server: RunningRange, url: str) -> int:
    """How many changes the gate's view knows of."""
    return int(str(status(server, url)["version"]).rpartition(".")[2])


def is_at(server: RunningRange, url: str, number: int) -> bool:
    """Whether the gate's view knows of so many changes."""
    return seq(server, url) == number


@contextmanager
def gate(server: RunningRange, *more: str, key_file: Path | None = None) -> Iterator[tuple[str, str]]:
    """A gate of its own process: its address and what it printed."""
    key = key_file or server.data / "key-for-a-gate"
    if key_file is None:
        key.write_text(server.credentials["gate_key"], encoding="utf-8")
    command = [
        str(LEAKLAB), "serve", "gate", "--authority", server.credentials["api_url"], "--port-gate", "0",
        "--gate-key-file", str(key), *more,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment({}))
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said.startswith("ready: gate "), said
        yield said.split()[3].rstrip(","), said
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


@pytest.mark.parametrize("enforcement", ENFORCEMENTS)
def test_a_fleet_admits_then_refuses_whatever_its_enforcement(tmp_path: Path, enforcement: str) -> None:
    with running(tmp_path / "range", "range", "--gates", "2", "--enforcement", enforcement) as server:
        gates = server.credentials["gate_urls"]
        assert len(gates) == 2
        assert all(any(url in line for line in server.printed) for url in gates)
        for url in gates:
            with as_tester(server, url) as tester:
                eventually(partial(says, tester, 200))
        revoke(server)
        for url in gates:
            with as_tester(server, url) as tester:
                eventually(partial(says, tester, 401))
            kind = status(server, url)["enforcement"]
            assert isinstance(kind, dict)
            assert kind["kind"] == enforcement.partition(",")[0]


def test_the_front_end_spends_its_token_through_a_gate(tmp_path: Path) -> None:
    with running(tmp_path / "range", "range", "--gates", "1", "--enforcement", "push") as server:
        with client(server.credentials["proxy_url"]) as visitor:
            form = {"prompt": "a lighthouse in fog", "seconds": "5", "size": "480x360", "style": ""}
            assert visitor.post("/", data=form).status_code == 200
        with client(server.credentials["api_url"], server.credentials["operator_key"]) as operator:

            def through_the_gate() -> bool:
                events = operator.get("/admin/events?limit=1000").json()["data"]
                return any(entry["event"].get("gate") == "gate-1" for entry in events)

            eventually(through_the_gate)


def test_a_range_with_redis_of_its_own_ends_it_and_its_gates(tmp_path: Path) -> None:
    data = tmp_path / "range"
    with running(data, "range", "--gates", "2", "--enforcement", "push", "--redis", "auto") as server:
        children = _children(server.process.pid)
        assert sum("redis-server" in line for line in children.values()) == 1
        assert sum("serve gate" in line for line in children.values()) == 2
        key = server.credentials["gate_key"]
        assert not any(key in line for line in children.values())
        revoke(server)
        for url in server.credentials["gate_urls"]:
            eventually(partial(is_at, server, url, 1))
            assert status(server, url)["figures"]["repairs"] == 0  # type: ignore[index]
        assert server.stop() == 0
        eventually(lambda: not any(_lives(pid) for pid in children))


def test_gates_go_on_without_redis_and_back_to_it(tmp_path: Path) -> None:
    with (
        redis() as feed,
        running(tmp_path / "range", "range", "--gates", "1", "--enforcement", "push", "--redis", feed.url) as server,
        client(server.credentials["api_url"], server.credentials["operator_key"]) as operator,
        as_tester(server, server.credentials["gate_urls"][0]) as tester,
    ):
        (url,) = server.credentials["gate_urls"]
        eventually(lambda: tester.get("/v1/videos").status_code == 200)
        feed.kill()
        until = time.monotonic() + 4.0  # Twice what a push feed may be silent.
        while time.monotonic() < until:
            assert tester.get("/v1/videos").status_code == 200
            time.sleep(0.05)
        body = {"scope": {"kind": "cohort", "cohort": "nobody"}, "reason": "drill"}
        assert operator.post("/admin/revocations", json=body).status_code in (200, 404)
        before = seq(server, url)
        feed.start()
        eventually(lambda: b"1" in feed.ask("EXISTS", f"leaklab:{_feed(server)}:pulses"))
        revoke(server)
        eventually(partial(is_at, server, url, before + 1))
        eventually(lambda: tester.get("/v1/videos").status_code == 401)


def _feed(server: RunningRange) -> str:
    """The name of the range's revocation feed."""
    with client(server.credentials["api_url"], server.credentials["gate_key"]) as asking:
        return str(asking.get("/gates/settings").json()["feed"])


def test_gates_and_redis_do_not_outlive_a_range_that_was_killed(tmp_path: Path) -> None:
    with running(tmp_path / "range", "range", "--gates", "2", "--enforcement", "push", "--redis", "auto") as server:
        children = _children(server.process.pid)
        assert len(children) == 3
        server.kill()
        eventually(lambda: not any(_lives(pid) for pid in children))


def test_a_gate_by_itself_takes_the_policys_enforcement_and_writes_its_history(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("name: pulled\nenforcement: {kind: pull, every: 0.5}\n", encoding="utf-8")
    history = tmp_path / "history.ndjson"
    with (
        running(tmp_path / "range", "api", "--policy", str(policy), "--gate-key-file", str(tmp_path / "key")) as server,
        gate(server, "--history", str(history), "--name", "west", key_file=tmp_path / "key") as (url, said),
        as_tester(server, url) as tester,
    ):
        assert "enforcement pull" in said
        before = time.time()
        assert tester.get("/v1/videos").status_code == 200
        line = json.loads(history.read_text().splitlines()[-1])
        assert before <= line["started"] <= line["finished"] <= time.time()
        assert (line["gate"], line["status"], line["code"]) == ("west", 200, None)
        assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_a_gate_waits_for_its_authority_and_goes_on_after_its_restart(tmp_path: Path) -> None:
    with running(tmp_path / "range", "api") as server:
        port = server.credentials["api_url"].rpartition(":")[2]
        with (
            gate(server, "--enforcement", "introspection,timeout=0.5") as (url, _),
            as_tester(server, url) as tester,
        ):
            assert tester.get("/v1/videos").status_code == 200
            server.kill()
            answer = tester.get("/v1/videos")
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "view_stale")
            with running(tmp_path / "range", "api", "--port-api", port):
                eventually(lambda: tester.get("/v1/videos").status_code == 200)


def test_a_stopped_gate_learns_what_it_missed(tmp_path: Path) -> None:
    with running(tmp_path / "range", "range", "--gates", "1", "--enforcement", "push", "--redis", "auto") as server:
        (url,) = server.credentials["gate_urls"]
        (pid,) = (pid for pid, line in _children(server.process.pid).items() if "serve gate" in line)
        with as_tester(server, url) as tester:
            eventually(lambda: tester.get("/v1/videos").status_code == 200)
            os.kill(pid, signal.SIGSTOP)
            revoke(server)
            os.kill(pid, signal.SIGCONT)
            eventually(lambda: tester.get("/v1/videos").status_code == 401)


@pytest.mark.parametrize(("more", "words"), [
    (["--authority", "http://127.0.0.1:1", "--patience", "0.3"], "No authority at http://127.0.0.1:1"),
    (["--authority", "nonsense"], "is no address"),
    (["--authority", "http://127.0.0.1:8000/v1"], "more than a host and a port"),
    (["--authority", "http://example.com"], "neither loopback nor allowed"),
    (["--upstream", "http://10.0.0.1"], "neither loopback nor allowed"),
    (["--enforcement", "magic"], "There is no enforcement called magic"),
    (["--enforcement", "push,pulse=often"], "cannot be read"),
    (["--enforcement", "push,pulse"], "is no setting"),
    (["--enforcement", "push,silent_after=0.3"], "takes 0.3 s without one for silence"),
    (["--enforcement", "in-process"], "lives with the authority"),
    (["--enforcement", "status-list"], "does not issue for status-list"),
    (["--enforcement", "key-rotation"], "does not issue for key-rotation"),
    (["--enforcement", "push", "--redis", "redis://127.0.0.1:1"], "publishes nothing in Redis"),
    (["--name", "Gate 1"], "cannot be called"),
    ([], "lives with the authority"),
])
def test_what_cannot_work_is_said_in_a_sentence(api: RunningRange, more: list[str], words: str) -> None:
    key = api.data / "key-for-a-gate"
    key.write_text(api.credentials["gate_key"], encoding="utf-8")
    ended = leaklab(
        "serve", "gate", "--authority", api.credentials["api_url"], "--port-gate", "0", "--gate-key-file", key, *more
    )
    assert ended.returncode in (2, 5)
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert api.credentials["gate_key"] not in ended.stderr + ended.stdout


def test_a_wrong_key_is_said_and_not_shown(api: RunningRange, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("llg_" + "a" * 38, encoding="utf-8")
    ended = leaklab(
        "serve", "gate", "--authority", api.credentials["api_url"], "--port-gate", "0", "--gate-key-file", key,
        "--enforcement", "pull",
    )
    assert ended.returncode == 5
    assert "does not know this gate key" in ended.stderr
    assert "llg_" not in ended.stderr


def test_an_authority_that_is_none_is_said(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("llg_" + "a" * 38, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_nonsense, args=(listener,), daemon=True).start()
        ended = leaklab(
            "serve", "gate", "--authority", f"http://127.0.0.1:{listener.getsockname()[1]}", "--port-gate", "0",
            "--gate-key-file", key, "--enforcement", "pull", "--patience", "0.3",
        )
    assert ended.returncode == 5
    assert "No authority at" in ended.stderr


def test_a_fast_range_has_no_gates(tmp_path: Path) -> None:
    ended = leaklab("serve", "range", "--data", tmp_path / "range", "--gates", "1", "--speed", "2")
    assert ended.returncode == 2
    assert "real time" in ended.stderr


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRange]:
    """An API whose policy keeps no gates in mind."""
    with running(tmp_path_factory.mktemp("api") / "range", "api") as server:
        yield server


def _answer_nonsense(listener: socket.socket) -> None:
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
    except OSError:
        return


def _children(parent: int) -> dict[int, str]:
    """The processes that `parent` started, by id, with their command lines."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    pairs = (line.split(None, 1) for line in listed.stdout.splitlines())
    return {int(pid): args for pid, args in pairs}


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
