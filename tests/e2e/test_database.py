"""A range whose journal lies in PostgreSQL: found again by its folder, written by one server, its password kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import RunningRange, client, eventually, leaklab, start
from tests.services.postgres import PASSWORD, Postgres, postgres

pytestmark = [pytest.mark.slow, pytest.mark.server]
ANY_PORTS = ("--port-api", "0", "--port-proxy", "0")


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """A PostgreSQL that may be killed."""
    with postgres() as server:
        yield server


@pytest.fixture
def address(database: Postgres) -> str:
    """The address of an empty database in it."""
    return database.url(database.create_database())


def ended(server: RunningRange) -> int:
    code = server.stop()
    assert server.process.stdout is not None
    server.process.stdout.close()
    return code


def revoke(server: RunningRange, token: str) -> None:
    with client(server.credentials["api_url"], server.credentials["operator_key"]) as operator:
        body = {"scope": {"kind": "token", "token": token}, "reason": "leaked"}
        operator.post("/admin/revocations", json=body).raise_for_status()


def status(server: RunningRange, token: str) -> int:
    with client(server.credentials["api_url"], token) as tester:
        return tester.get("/v1/videos").status_code


def test_a_range_finds_its_database_again_and_what_was_revoked_stays_revoked(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "range"
    server = start(folder, "range", "--database", address)
    token = server.credentials["tester"]["access_token"]
    assert status(server, token) == 200
    revoke(server, token)
    assert ended(server) == 0
    assert not (folder / "journal.sqlite3").exists()
    assert (folder / "database-url").stat().st_mode & 0o077 == 0

    server = start(folder)
    assert status(server, token) == 401
    second = leaklab("serve", "range", "--data", tmp_path / "other", "--database", address, *ANY_PORTS)
    assert second.returncode == 3
    assert "is in use by another process; stop that one, or choose another database." in second.stderr
    report = leaklab("report", "--range", folder, "--json")
    assert report.returncode == 0, report.stderr
    doctor = leaklab("doctor", "--data", folder, *ANY_PORTS, "--json")
    findings = {finding["check"]: finding for finding in json.loads(doctor.stdout)}
    assert findings["journal"]["well"], findings["journal"]
    assert findings["clock and journal"]["well"]
    assert ended(server) == 0
    everything = [server.said, *server.printed, second.stderr, report.stdout, doctor.stdout]
    assert not [text for text in everything if PASSWORD in text]


def test_a_range_does_not_change_its_journal_by_mistake(tmp_path: Path, address: str, database: Postgres) -> None:
    in_file, in_database = tmp_path / "file", tmp_path / "database"
    assert ended(start(in_file, "api")) == 0
    assert ended(start(in_database, "api", "--database", address)) == 0
    other = database.url(database.create_database())
    for folder in (in_file, in_database):
        refused = leaklab("serve", "api", "--data", folder, "--database", other, "--port-api", "0")
        assert refused.returncode == 4
        assert "start it without --database" in refused.stderr
    stranger = leaklab("serve", "api", "--data", tmp_path / "new", "--database", "mysql://there", "--port-api", "0")
    assert (stranger.returncode, "postgresql+psycopg://" in stranger.stderr) == (2, True)


def test_a_database_that_is_away_is_one_sentence_and_heals(tmp_path: Path, address: str, database: Postgres) -> None:
    server = start(tmp_path / "range", "api", "--database", address)
    token = server.credentials["tester"]["access_token"]
    database.kill()
    with client(server.credentials["api_url"], server.credentials["operator_key"]) as operator:
        body = {"scope": {"kind": "token", "token": token}, "reason": "leaked"}
        assert operator.post("/admin/revocations", json=body).status_code == 503
        assert status(server, token) == 503
        assert operator.get("/readyz").status_code == 503
        away = leaklab("serve", "api", "--data", tmp_path / "other", "--database", address, "--port-api", "0")
        assert away.returncode == 3
        assert away.stderr.count("\n") == 1
        doctor = leaklab("doctor", "--data", tmp_path / "range", "--port-api", "0", "--port-proxy", "0")
        assert (doctor.returncode, "See that PostgreSQL runs" in doctor.stdout) == (1, True)
        database.start()
        assert eventually(lambda: operator.get("/readyz").status_code == 200)
        revoke(server, token)
    assert status(server, token) == 401
    assert ended(server) == 0
    assert PASSWORD not in server.said + away.stderr + doctor.stdout
