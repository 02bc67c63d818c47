"""`leaklab testers`, `tokens` and `approvals` against a running range, and against none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.running import RunningRange, client, eventually, running
from tests.leaklab.conftest import Said

Call = Callable[..., Said]
pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRange]:
    with running(tmp_path_factory.mktemp("verbs") / "range", "api") as started:
        yield started


def test_testers_are_listed_and_invited(call: Call, server: RunningRange) -> None:
    before = json.loads(call("testers", "list", "--data", server.data, "--json").out)
    invited = json.loads(
        call("testers", "invite", "Ada", "--cohort", "red-teamers", "--data", server.data, "--json").out
    )
    assert invited["tester_key"].startswith("llk_")
    after = json.loads(call("testers", "list", "--data", server.data, "--json").out)
    assert len(after) == len(before) + 1
    shown = call("testers", "list", "--data", server.data).out
    assert invited["tester_id"] in shown
    assert invited["tester_key"] not in shown


def test_a_revocation_says_first_what_it_would_hit(call: Call, server: RunningRange) -> None:
    invited = json.loads(call("testers", "invite", "Cleo", "--data", server.data, "--json").out)
    with client(server.credentials["api_url"]) as anybody:
        form = {
            "grant_type": "client_credentials",
            "client_id": invited["tester_id"],
            "client_secret": invited["tester_key"],
        }
        token = anybody.post("/oauth/token", data=form).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        listed = json.loads(
            call("tokens", "list", "--tester", invited["tester_id"], "--data", server.data, "--json").out
        )
        jti = listed[0]["jti"]
        dry = call("tokens", "revoke", jti, "--dry-run", "--data", server.data)
        assert (dry.code, "blast radius:" in dry.out) == (0, True)
        assert anybody.get("/v1/videos", headers=bearer).status_code == 200
        assert call("tokens", "revoke", jti, "--reason", "leaked", "--data", server.data).code == 0
        assert anybody.get("/v1/videos", headers=bearer).json()["error"]["code"] == "token_revoked"
        live = json.loads(call("tokens", "list", "--live", "--data", server.data, "--json").out)
        assert jti not in {one["jti"] for one in live}
    again = call("tokens", "revoke", jti, "--data", server.data)
    assert again.code == 0


def test_outputs_are_listed_approved_and_rejected(call: Call, server: RunningRange) -> None:
    with client(server.credentials["api_url"], server.credentials["tester"]["access_token"]) as tester:
        first, second = (tester.post("/v1/videos", json={"prompt": "a clip"}).json()["id"] for _ in range(2))

        def held() -> bool:
            rows = json.loads(call("approvals", "list", "--state", "held", "--data", server.data, "--json").out)
            return {first, second} <= {row["video_id"] for row in rows}

        eventually(held)
        assert first in call("approvals", "list", "--data", server.data).out
        assert call("approvals", "approve", first, "--reviewer", "me", "--data", server.data).code == 0
        assert (
            call("approvals", "reject", second, "--reason", "no", "--reviewer", "me", "--data", server.data).code == 0
        )
        assert tester.get(f"/v1/videos/{first}").json()["status"] == "completed"
        assert tester.get(f"/v1/videos/{second}").json()["error"]["code"] == "output_rejected"
    again = call("approvals", "approve", first, "--reviewer", "me", "--data", server.data)
    assert (again.code, "The range refused (409)" in again.err) == (5, True)


def test_a_quarantine_is_lifted(call: Call, server: RunningRange) -> None:
    credentials = server.credentials
    form = {"grant_type": "client_credentials", "client_id": credentials["tester"]["tester_id"]}
    with client(credentials["api_url"]) as anybody:
        form["client_secret"] = credentials["tester"]["tester_key"]
        token = anybody.post("/oauth/token", data=form).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        video_id = anybody.post("/v1/videos", json={"prompt": "locked"}, headers=bearer).json()["id"]
        eventually(lambda: anybody.get(f"/v1/videos/{video_id}", headers=bearer).json()["approval"]["state"] == "held")
    with client(credentials["api_url"], credentials["operator_key"]) as operator:
        operator.post("/admin/revocations", json={"scope": {"kind": "token", "token": token}})
    with client(credentials["api_url"], credentials["tester"]["access_token"]) as tester:
        assert tester.get(f"/v1/videos/{video_id}").json()["approval"]["state"] == "quarantined"
        lifted = call("approvals", "release", video_id, "--reason", "a false alarm", "--data", server.data)
        assert (lifted.code, video_id in lifted.out) == (0, True), lifted.err
        assert tester.get(f"/v1/videos/{video_id}").json()["approval"]["state"] == "held"


@pytest.mark.parametrize(
    "words",
    [
        ["approvals", "approve", "no/such?video"],
        ["approvals", "list", "--state", "nonsense"],
        ["tokens", "revoke", "no-such-token"],
        ["tokens", "list", "--tester", "nobody"],
        ["testers", "invite", ""],
    ],
)
def test_what_the_range_refuses_is_told_in_its_words(call: Call, server: RunningRange, words: list[str]) -> None:
    said = call(*words, "--data", server.data)
    assert (said.code, said.err.startswith("The range refused (4")) == (5, True), said.err


def test_where_no_range_is_the_line_that_starts_one_is_named(call: Call, server: RunningRange, tmp_path: Path) -> None:
    for words in (["testers", "list"], ["tokens", "list"], ["approvals", "list"]):
        nothing = call(*words, "--data", tmp_path)
        assert (nothing.code, "leaklab serve range" in nothing.err) == (3, True)
        for url in ("http://127.0.0.1:9", "nonsense", "http://[::1"):
            silent = call(*words, "--data", server.data, "--url", url)
            assert (silent.code, "leaklab serve range" in silent.err) == (5, True), silent.err


@pytest.mark.parametrize("content", ["", "{", "[]", '{"api_url": "x"}'])
def test_damaged_credentials_are_one_sentence(call: Call, tmp_path: Path, content: str) -> None:
    (tmp_path / "credentials.json").write_text(content, encoding="utf-8")
    said = call("testers", "list", "--data", tmp_path)
    assert (said.code, "is damaged" in said.err) == (3, True)
