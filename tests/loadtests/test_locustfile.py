"""The load, end to end: users of both kinds against a running range, and an exit code that speaks of faults alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.running import RunningRange, client, eventually, leaklab, running

LOCUST = Path(sys.executable).with_name("locust")
LOCUSTFILE = Path(__file__).parents[2] / "loadtests" / "locustfile.py"

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.mark.skipif(not LOCUST.exists(), reason="locust is not installed: make setup")
def test_a_load_leaves_visitors_and_videos_and_expected_refusals_are_no_failures(tmp_path: Path) -> None:
    with running(tmp_path / "range") as server, _locust(server, tmp_path) as load:
        _when_videos_came(server)
        with client(server.credentials["proxy_url"]) as visitor:
            eventually(lambda: visitor.get("/stats.json").json()["visitors"] > 5)
        listed = json.loads(leaklab("tokens", "list", "--live", "--json", "--data", server.data).stdout)
        assert leaklab("tokens", "revoke", listed[0]["jti"], "--data", server.data).returncode == 0
        with client(server.credentials["api_url"], server.credentials["operator_key"]) as operator:
            eventually(lambda: operator.get("/admin/journal?code=token_revoked&action=videos.list").json()["data"])
        load.terminate()
        said, _ = load.communicate(timeout=60)
        assert load.returncode == 0, said
        assert "Closed workload" in said
        assert "(refused 401)" in said
        assert "Traceback" not in said
        assert "Warning" not in said


@pytest.mark.skipif(not LOCUST.exists(), reason="locust is not installed: make setup")
def test_a_server_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    with running(tmp_path / "range") as server, _locust(server, tmp_path) as load:
        _when_videos_came(server)
        server.kill()
        failures = tmp_path / "load_failures.csv"
        eventually(lambda: failures.exists() and len(failures.read_text(encoding="utf-8").splitlines()) > 1)
        load.terminate()
        said, _ = load.communicate(timeout=60)
        assert load.returncode == 1, said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "does not exist"),
        ("{", "cannot be read"),
        (
            '{"api_url": "http://example.com", "proxy_url": "http://127.0.0.1:1", "tester": {"access_token": "x"}}',
            "your own",
        ),
    ],
)
@pytest.mark.skipif(not LOCUST.exists(), reason="locust is not installed: make setup")
def test_it_will_not_start_without_a_range_on_this_machine(tmp_path: Path, found: str | None, said: str) -> None:
    path = tmp_path / "credentials.json"
    if found is not None:
        path.write_text(found, encoding="utf-8")
    ended = subprocess.run(
        [str(LOCUST), "-f", str(LOCUSTFILE), "--headless", "--run-time", "1s"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=_environment(path),
    )
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def _when_videos_came(server: RunningRange) -> list[object]:
    with client(server.credentials["api_url"], server.credentials["tester"]["access_token"]) as tester:
        return eventually(lambda: videos if len(videos := tester.get("/v1/videos").json()["data"]) > 1 else [])


@contextmanager
def _locust(server: RunningRange, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A load that lasts until it is told to end, two minutes at most; its figures go to load_*.csv."""
    words = ["--headless", "--users", "10", "--spawn-rate", "10", "--run-time", "2m", "--only-summary"]
    with subprocess.Popen(
        [str(LOCUST), "-f", str(LOCUSTFILE), *words, "--csv", str(folder / "load")],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(server.data / "credentials.json"),
    ) as load:
        try:
            yield load
        finally:
            if load.poll() is None:
                load.kill()


def _environment(credentials: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEAKLAB_", "LOCUST_"))}
    return {**kept, "LEAKLAB_CREDENTIALS": str(credentials)}
