"""A range, used as a person would use it: through the page, the command line and curl-like requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.running import RunningRange, client, eventually, leaklab, running

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningRange]:
    with running(tmp_path / "range") as started:
        yield started


@pytest.fixture
def visitor(server: RunningRange) -> Iterator[httpx2.Client]:
    with client(server.credentials["proxy_url"]) as visiting:
        yield visiting


@pytest.fixture
def operator(server: RunningRange) -> Iterator[httpx2.Client]:
    with client(server.credentials["api_url"], server.credentials["operator_key"]) as operating:
        yield operating


def test_it_says_ready_with_its_addresses_and_stops_cleanly_on_sigterm(server: RunningRange) -> None:
    credentials = server.credentials
    assert credentials["api_url"] in server.printed[-1]
    assert credentials["proxy_url"] in server.printed[-1]
    assert server.stop() == 0


def test_only_the_owner_may_read_the_credentials(server: RunningRange) -> None:
    assert (server.data / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert (server.data / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_visitor_gets_a_clip_once_somebody_approves_it_and_nothing_after_the_revocation(
    server: RunningRange, visitor: httpx2.Client, operator: httpx2.Client
) -> None:
    page = visitor.post("/", data={"prompt": "a lighthouse in fog", "seconds": "5", "size": "480x360", "style": ""})
    assert page.status_code == 200, page.text
    held = eventually(lambda: operator.get("/admin/approvals?state=held").json()["data"])
    video_id = held[0]["video_id"]
    assert visitor.get("/stats.json").json()["served"] == 0

    approved = leaklab("approvals", "approve", video_id, "--data", server.data)
    assert approved.returncode == 0, approved.stderr
    eventually(lambda: visitor.get("/stats.json").json()["served"] == 1)
    content = re.search(r'"(/c/[^"?]+/content[^"]*)"', visitor.get("/").text)
    assert content is not None
    clip = visitor.get(content[1].replace("&amp;", "&"))
    assert clip.status_code == 200
    assert clip.headers["content-type"] in ("video/mp4", "image/webp")

    token = server.credentials["tester"]["access_token"]
    body = {"scope": {"kind": "token", "token": token}, "reason": "leaked"}
    assert operator.post("/admin/revocations", json=body).status_code == 200
    with client(server.credentials["proxy_url"]) as second:
        second.post("/", data={"prompt": "another", "seconds": "5", "size": "480x360", "style": ""})
        eventually(lambda: second.get("/stats.json").json()["credentials_alive"] == 0)
        assert second.get("/").status_code == 200
    ledger = json.loads(leaklab("report", "--range", server.data, "--json").stdout)
    assert (ledger["visitors"], ledger["displayed_clips"], ledger["outputs_escaped"]) == (2, 1, 1)
    assert (ledger["outputs_escaped_unapproved"], ledger["accepted_after_decision"]) == (0, 0)
    assert ledger["misuse_requests"] > 3
    assert ledger["leaked_at"] < ledger["first_misuse_at"] < ledger["last_accepted_at"] <= ledger["decided_at"]


def test_a_restart_remembers_everything_and_keeps_the_keys(tmp_path: Path) -> None:
    with running(tmp_path / "range", "api") as first:
        before = first.credentials
        with client(before["api_url"], before["tester"]["access_token"]) as tester:
            video_id = tester.post("/v1/videos", json={"prompt": "kept"}).json()["id"]
        assert first.stop() == 0
    with running(tmp_path / "range", "api") as second:
        after = second.credentials
        assert (after["operator_key"], after["tester"]["tester_key"]) == (
            before["operator_key"],
            before["tester"]["tester_key"],
        )
        with client(after["api_url"], before["tester"]["access_token"]) as tester:
            assert tester.get(f"/v1/videos/{video_id}").json()["prompt"] == "kept"


def test_no_secret_stands_in_anything_the_range_writes_or_says(
    server: RunningRange, visitor: httpx2.Client, operator: httpx2.Client, tmp_path: Path
) -> None:
    credentials = server.credentials
    secrets = {credentials["operator_key"], credentials["tester"]["tester_key"], credentials["tester"]["access_token"]}
    invited = operator.post("/admin/testers/bulk", json={"count": 3, "cohort": "red-teamers"}).json()["data"]
    secrets |= {tester["tester_key"] for tester in invited}
    said = []
    with client(credentials["api_url"]) as anybody:
        for tester in invited:
            form = {
                "grant_type": "client_credentials",
                "client_id": tester["tester_id"],
                "client_secret": tester["tester_key"],
            }
            token = anybody.post("/oauth/token", data=form).json()["access_token"]
            secrets.add(token)
            bearer = {"Authorization": f"Bearer {token}"}
            said.append(
                anybody.post(
                    "/v1/videos", json={"prompt": f"my token is {token}", "style": tester["tester_key"]}, headers=bearer
                )
            )
            said.append(anybody.post("/v1/videos", json={"prompt": "x", "seconds": token}, headers=bearer))
            said.append(anybody.get(f"/v1/videos/{token}", headers={"Authorization": f"Bearer {token}x"}))
            said.append(anybody.get("/v1/videos", headers={**bearer, "User-Agent": token}))
            said.append(anybody.post("/oauth/token", data={**form, "client_id": token}))
            said.append(anybody.post("/oauth/token", data={**form, "scope": tester["tester_key"]}))
        said += [
            anybody.get(path)
            for path in (
                "/metrics",
                "/docs",
                "/openapi.json",
                "/.well-known/jwks.json",
                f"/{credentials['operator_key']}",
            )
        ]
    report = {
        "source": "leak_report",
        "token": credentials["tester"]["access_token"],
        "url": f"https://example.invalid/{credentials['tester']['tester_key']}",
    }
    said.append(operator.post("/admin/leak-reports", json=report))
    said.append(
        operator.post(
            "/admin/revocations",
            json={
                "scope": {"kind": "token", "token": credentials["tester"]["access_token"]},
                "reason": f"saw {credentials['operator_key']}",
            },
        )
    )
    said += [
        operator.get(path)
        for path in (
            "/admin/events",
            "/admin/journal",
            "/admin/testers",
            "/admin/tokens",
            "/admin/alerts",
            "/admin/policy",
            "/admin/approvals",
        )
    ]
    visitor.post("/", data={"prompt": "a clip", "seconds": "5", "size": "480x360", "style": ""})
    said += [visitor.get(path) for path in ("/", "/stats.json", "/metrics", "/healthz", "/place.json")]
    listed = leaklab("tokens", "list", "--json", "--data", server.data)
    assert server.stop() == 0

    artefacts = {
        f"{answer.request.method} {answer.request.url.path} {answer.status_code}": answer.text + str(answer.headers)
        for answer in said
    }
    artefacts["leaklab tokens list"] = listed.stdout + listed.stderr
    artefacts["server log"] = (tmp_path / "server.log").read_text(encoding="utf-8") + "\n".join(server.printed)
    artefacts |= {
        path.name: path.read_bytes().decode("latin-1")
        for path in server.data.rglob("*")
        if path.is_file() and path.name not in ("credentials.json", "keys.json")
    }
    assert len(secrets) == 9
    for where, text in artefacts.items():
        for secret in secrets:
            # A request to a path or with an echo of one's own token may only hold it where the client itself put it.
            assert secret not in text, f"a secret stands in: {where[:60]}"
