"""`leaklab report-leak` against a running range: every story as promised, and nothing secret where it should not be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from leaklab.reporting.names import Story
from leaklab.reporting.scanner import KEY_FILE, ScannerKeyPair
from tests.e2e.running import RunningRange, client, leaklab, running
from tests.leaklab.conftest import Said

Call = Callable[..., Said]
pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRange]:
    with running(tmp_path_factory.mktemp("reports") / "range", "api") as started:
        yield started


def events(server: RunningRange, kind: str) -> list[dict[str, Any]]:
    """The events of one kind so far."""
    with client(server.credentials["api_url"], server.credentials["operator_key"]) as operator:
        found, after = [], 0
        while True:
            page = operator.get("/admin/events", params={"after": after, "limit": 1000}).json()
            found += [each["event"] for each in page["data"] if each["event"]["type"] == kind]
            if not page["has_more"]:
                return found
            after = page["next"]


@pytest.mark.parametrize("story", [story for story in Story if story is not Story.FLOOD])
def test_every_story_is_answered_as_promised(call: Call, server: RunningRange, story: Story) -> None:
    said = call("report-leak", "--story", story, "--data", server.data, "--json")
    assert said.code == 0, said.err
    rows = json.loads(said.out)
    assert rows
    assert all(row["as_promised"] for row in rows)
    token = server.credentials["tester"]["access_token"]
    assert token not in call("report-leak", "--story", story, "--data", server.data).out


def test_what_is_reported_is_a_leak_report_of_the_range(call: Call, server: RunningRange) -> None:
    assert call("report-leak", "--data", server.data, "--place", "https://gist.example/mine").code == 0
    reports = [each for each in events(server, "LeakReported") if each["url"] == "https://gist.example/mine"]
    assert [each["tester_id"] for each in reports] == [server.credentials["tester"]["tester_id"]]


def test_tokens_come_from_a_file_or_from_standard_input(call: Call, server: RunningRange, tmp_path: Path) -> None:
    listed = tmp_path / "tokens.txt"
    key = server.credentials["tester"]["tester_key"]
    listed.write_text(f"{key}\n\n  {key}  \nllk_nonsense\n", encoding="utf-8")
    (row,) = json.loads(call("report-leak", "--tokens", listed, "--data", server.data, "--json").out)
    assert (row["reports"], row["ours"], row["not_ours"]) == (2, 1, 1)


def test_a_short_flood_of_false_reports_revokes_nothing(call: Call, server: RunningRange) -> None:
    leaks, batches = len(events(server, "LeakReported")), len(events(server, "ScannerBatchTaken"))
    said = call(
        "report-leak", "--story", "flood", "--rate", "10000", "--seconds", "1.2", "--batch", "20",
        "--data", server.data, "--json",
    )
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert (told["false_reports"], told["requests"], told["answered"]) == (200, 10, {"200": 10})
    assert told["true_positives"] == 0
    assert len(events(server, "ScannerBatchTaken")) == batches + 10
    assert len(events(server, "LeakReported")) == leaks
    assert events(server, "Revoked") == []


def test_the_key_pair_is_made_once_for_its_owners_eyes(call: Call, server: RunningRange, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert call("report-leak", "--keys", folder, "--data", server.data).code == 0
    kept = (folder / KEY_FILE).read_bytes()
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert call("report-leak", "--keys", folder, "--data", server.data).code == 0
    assert (folder / KEY_FILE).read_bytes() == kept
    pair = ScannerKeyPair.kept_in(folder)
    with client(server.credentials["api_url"], server.credentials["operator_key"]) as operator:
        known = operator.get("/admin/scanner-keys").json()["public_keys"]
    assert pair.identifier in {key["key_identifier"] for key in known}
    assert "PRIVATE" not in json.dumps(known)


@pytest.mark.parametrize(("content", "says"), [
    (None, "does not exist"), (b"", "no tokens"), (b"\xff\xfe", "no text"), (b"x" * 9000, "At most"),
])
def test_what_holds_no_tokens_is_told_in_a_sentence(
    call: Call, server: RunningRange, tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "tokens"
    if content is not None:
        path.write_bytes(content)
    said = call("report-leak", "--tokens", path, "--data", server.data)
    assert (said.code, says in said.err) == (3, True), said.err


def test_a_damaged_key_file_is_told_in_a_sentence(call: Call, server: RunningRange, tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("no key", encoding="utf-8")
    said = call("report-leak", "--keys", tmp_path, "--data", server.data)
    assert (said.code, "no P-256 private key" in said.err) == (3, True)


def test_where_no_range_is_the_line_that_starts_one_is_named(call: Call, server: RunningRange, tmp_path: Path) -> None:
    nothing = call("report-leak", "--data", tmp_path)
    assert (nothing.code, "leaklab serve range" in nothing.err) == (3, True)
    silent = call("report-leak", "--data", server.data, "--url", "http://127.0.0.1:9")
    assert (silent.code, "leaklab serve range" in silent.err) == (5, True)


def test_no_traceback_reaches_a_person(server: RunningRange) -> None:
    said = leaklab("report-leak", "--data", server.data, "--tokens", "/dev/null")
    assert said.returncode == 3
    assert "Traceback" not in said.stderr
