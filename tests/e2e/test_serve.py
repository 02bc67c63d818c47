"""Starting and stopping servers: on any port, with any folder, in one sentence when it cannot be."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import LEAKLAB, RunningRange, client, free_ports, leaklab, running, start

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningRange]:
    with running(tmp_path / "range") as started:
        yield started


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; where it may not be mounted, the test is skipped with a word on why."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "leaklab-test", str(disk)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"a full disk needs a small one to be mounted, which only root may do ({mounted.stderr.strip()})")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_it_says_ready_with_its_addresses_once_both_answer(server: RunningRange) -> None:
    credentials = server.credentials
    for url in (credentials["api_url"], credentials["proxy_url"]):
        assert url in server.printed[-1]
        with client(url) as anybody:
            assert anybody.get("/healthz").status_code == 200
    assert server.said == ""


def test_what_it_writes_for_its_owner_has_the_fixed_names(server: RunningRange) -> None:
    credentials = server.credentials
    assert list(credentials) == ["api_url", "proxy_url", "gate_urls", "operator_key", "gate_key", "tester"]
    assert list(credentials["tester"]) == ["tester_id", "tester_key", "access_token"]
    assert credentials["gate_urls"] == []


def test_all_it_writes_is_for_its_owner_alone(server: RunningRange) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in server.data.iterdir()}
    assert {"credentials.json", "keys.json", "journal.sqlite3", "front-end.jsonl"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert server.data.stat().st_mode & 0o777 == 0o700


def test_the_keys_of_credentials_json_are_on_disk_before_it_is_written(tmp_path: Path) -> None:
    server = start(tmp_path / "range", "api")
    server.kill()  # at once: nothing but what was flushed is left
    assert server.process.stdout is not None
    server.process.stdout.close()
    before = json.loads((tmp_path / "range" / "credentials.json").read_text(encoding="utf-8"))
    with running(tmp_path / "range", "api") as again, client(again.credentials["api_url"]) as anybody:
        bearer = {"Authorization": f"Bearer {before['tester']['access_token']}"}
        assert anybody.get("/v1/videos", headers=bearer).status_code == 200
        operator = {"Authorization": f"Bearer {before['operator_key']}"}
        assert len(anybody.get("/admin/testers", headers=operator).json()["data"]) == 20


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_within_seconds_though_somebody_is_listening(
    server: RunningRange, number: signal.Signals
) -> None:
    credentials = server.credentials
    with (
        client(credentials["api_url"], credentials["operator_key"]) as operator,
        operator.stream("GET", "/admin/events", headers={"Accept": "text/event-stream"}) as answer,
        socket.create_connection(("127.0.0.1", int(credentials["proxy_url"].rsplit(":", 1)[1]))) as half,
    ):
        pieces = answer.iter_raw()
        next(pieces)
        half.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nprompt=")
        asked_at = time.monotonic()
        server.process.send_signal(number)
        assert server.process.wait(timeout=30) == 0
        assert time.monotonic() - asked_at < 10
        assert b"event: end" in b"".join(pieces)
    assert "Traceback" not in server.said


def test_an_address_of_ipv6_will_do(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as problem:
        pytest.skip(f"this machine has no IPv6 loopback ({problem})")
    with running(tmp_path / "range", "range", "--host", "::1") as server:
        assert server.credentials["api_url"].startswith("http://[::1]:")
        assert leaklab("testers", "list", "--data", server.data).returncode == 0
        with client(server.credentials["proxy_url"]) as visitor:
            assert visitor.get("/").status_code == 200
        truth = (server.data / "front-end.jsonl").read_text(encoding="utf-8")
        assert '"origin":"::1 frontend-proxy"' in truth


def test_a_second_server_on_the_same_folder_is_refused(server: RunningRange) -> None:
    second = leaklab("serve", "api", "--data", server.data, "--port-api", "0")
    assert (second.returncode, "in use" in second.stderr) == (3, True), second.stderr
    _is_one_sentence(second)


def test_a_taken_port_is_named_together_with_the_option_that_changes_it(server: RunningRange, tmp_path: Path) -> None:
    port = server.credentials["api_url"].rsplit(":", 1)[1]
    for words in (["api", "--port-api", port], ["range", "--port-api", "0", "--port-proxy", port]):
        second = leaklab("serve", *words, "--data", tmp_path / "other")
        assert second.returncode == 4
        assert f"Port {port}" in second.stderr
        assert words[-2] in second.stderr
        _is_one_sentence(second)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_a_host_that_is_not_ours_is_named(tmp_path: Path, host: str) -> None:
    refused = leaklab("serve", "api", "--data", tmp_path / "range", "--host", host, "--port-api", "0")
    assert (refused.returncode, host in refused.stderr) == (4, True)
    _is_one_sentence(refused)


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        refused = leaklab("serve", "api", "--data", folder, "--port-api", "0")
        assert (refused.returncode, str(folder) in refused.stderr) == (4, True)
        _is_one_sentence(refused)


def test_a_folder_that_cannot_be_written_is_named(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = leaklab("serve", "api", "--data", small_disk / "range", "--port-api", "0")
    assert refused.returncode == 4
    assert str(small_disk / "range") in refused.stderr
    _is_one_sentence(refused)


def test_a_disk_that_fills_up_costs_no_promise_and_no_traceback(small_disk: Path) -> None:
    with running(small_disk / "range") as server, client(server.credentials["api_url"]) as api:
        tester = {"Authorization": f"Bearer {server.credentials['tester']['access_token']}"}
        kept = api.post("/v1/videos", json={"prompt": "kept"}, headers=tester).json()["id"]
        ballast = _fill(small_disk)
        codes = {api.post("/v1/videos", json={"prompt": "x" * 2000}, headers=tester).status_code for _ in range(40)}
        assert 503 in codes
        with client(server.credentials["proxy_url"]) as visitor:
            assert visitor.get("/").status_code == 200
        ballast.unlink()
        time.sleep(1.0)  # the journal tries again four times a second
        assert api.post("/v1/videos", json={"prompt": "after"}, headers=tester).status_code == 200
        assert api.get(f"/v1/videos/{kept}", headers=tester).json()["prompt"] == "kept"
        assert "Traceback" not in server.said
        assert server.stop() == 0
    with running(small_disk / "range", "api") as again, client(again.credentials["api_url"]) as api:
        assert api.get(f"/v1/videos/{kept}", headers=tester).json()["prompt"] == "kept"


def test_a_disk_that_is_full_from_the_start_is_one_sentence(small_disk: Path) -> None:
    _fill(small_disk)
    refused = leaklab("serve", "api", "--data", small_disk / "range", "--port-api", "0")
    assert refused.returncode in (3, 4)
    assert "space" in refused.stderr
    _is_one_sentence(refused)


def test_a_run_on_a_full_disk_is_one_sentence(small_disk: Path) -> None:
    refused = leaklab("run", "token-in-a-gist", "--out", small_disk / "out")
    assert refused.returncode == 4
    assert "disk is full" in refused.stderr
    _is_one_sentence(refused)


@pytest.fixture
def old_range(tmp_path: Path) -> Path:
    """The folder of a range that was there and stopped cleanly."""
    with running(tmp_path / "range", "api") as server:
        assert server.stop() == 0
    return tmp_path / "range"


def test_a_damaged_folder_is_refused_in_one_sentence_and_left_as_it_is(old_range: Path, tmp_path: Path) -> None:
    whole = (old_range / "journal.sqlite3").read_bytes()
    foreign = tmp_path / "foreign.sqlite3"
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE commits (x TEXT)")
    other.close()
    journals = {"cut short": whole[: len(whole) // 2], "text": b"hello\n", "foreign": foreign.read_bytes()}
    for what, content in journals.items():
        (old_range / "journal.sqlite3").write_bytes(content)
        refused = leaklab("serve", "api", "--data", old_range, "--port-api", "0")
        assert (refused.returncode, "journal.sqlite3" in refused.stderr) == (3, True), (what, refused.stderr)
        _is_one_sentence(refused)
        left = (old_range / "journal.sqlite3").read_bytes()
        assert left[100:] == content[100:], what  # SQLite notes in its header that it looked.


def test_a_journal_from_the_future_is_refused_with_the_reason(old_range: Path) -> None:
    with running(old_range, "api", "--speed", "600") as server:
        time.sleep(0.2)
        with client(server.credentials["api_url"], server.credentials["tester"]["access_token"]) as tester:
            assert tester.post("/v1/videos", json={"prompt": "ahead"}).status_code == 200
        assert server.stop() == 0
    refused = leaklab("serve", "api", "--data", old_range, "--port-api", "0")
    assert refused.returncode == 4
    assert "behind the newest event" in refused.stderr
    _is_one_sentence(refused)
    seen = leaklab("doctor", "--data", old_range, "--json")
    assert seen.returncode == 1
    assert {"clock and journal"} <= {one["check"] for one in json.loads(seen.stdout) if not one["well"]}
    with running(old_range, "api", "--speed", "600") as server:  # What the message and doctor both advise.
        with client(server.credentials["api_url"], server.credentials["tester"]["access_token"]) as tester:
            assert [video["prompt"] for video in tester.get("/v1/videos").json()["data"]] == ["ahead"]
        assert server.stop() == 0


def test_files_that_others_can_read_are_warned_of(old_range: Path) -> None:
    (old_range / "keys.json").chmod(0o644)
    with running(old_range, "api") as server:
        assert "keys.json can be read by others (mode 644)" in server.said
    found = json.loads(leaklab("doctor", "--data", old_range, "--json").stdout)
    assert [one["well"] for one in found if one["check"] == "keys.json"] == [False]


def test_the_front_end_alone_takes_its_token_from_a_file(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with running(tmp_path / "range", "api", "--leak-file", str(tmp_path / "leak")) as api:
        assert (tmp_path / "leak").stat().st_mode & 0o777 == 0o600
        words = ["serve", "proxy", "--upstream", api.credentials["api_url"], "--port-proxy", str(port)]
        with subprocess.Popen(
            [str(LEAKLAB), *words, "--credential-file", str(tmp_path / "leak")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LEAKLAB_HOST": "127.0.0.1"},
        ) as proxy:
            try:
                assert proxy.stdout is not None
                assert f"http://127.0.0.1:{port}" in proxy.stdout.readline()
                with client(f"http://127.0.0.1:{port}") as visitor:
                    assert visitor.get("/stats.json").json()["credentials_alive"] == 1
            finally:
                proxy.terminate()
            assert proxy.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--upstream", "http://example.com"], 5),
        (["--upstream", "nonsense"], 5),
        (["--credential-file", "no-such-file"], 3),
    ],
)
def test_a_front_end_that_cannot_be_is_one_sentence(words: list[str], code: int) -> None:
    refused = leaklab("serve", "proxy", "--port-proxy", "0", *words)
    assert refused.returncode == code
    _is_one_sentence(refused)


def _fill(disk: Path) -> Path:
    """Leave no block of a disk free; returns the file that takes the room."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise
    return ballast


def _is_one_sentence(ended: subprocess.CompletedProcess[str]) -> None:
    """What a person's mistake may look like: a line or two beginning with our name, and never a traceback."""
    assert "Traceback" not in ended.stderr
    lines = [line for line in ended.stderr.splitlines() if line.startswith("leaklab: ")]
    assert len(lines) == 1, ended.stderr


def test_a_range_without_its_keys_is_not_opened_as_if_nothing_had_happened(tmp_path: Path) -> None:
    with running(tmp_path / "range", "api") as server:
        assert server.stop() == 0
    (tmp_path / "range" / "keys.json").unlink()
    again = leaklab("serve", "api", "--data", tmp_path / "range", "--port-api", "0")
    assert (again.returncode, "keys.json is gone" in " ".join(again.stderr.split())) == (3, True), again.stderr
