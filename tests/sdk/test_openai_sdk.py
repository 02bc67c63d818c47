"""The OpenAI SDK, old and new, in an environment of its own, against a live server, validating every answer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.running import running
from tests.sdk.environment import python_with

HERE = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("version", ["3.54.0", "2.54.0"])
def test_a_whole_conversation_passes_strict_validation(version: str, tmp_path: Path) -> None:
    python = python_with(HERE / f"openai-{version}.txt")
    with running(tmp_path / "range", "api") as server:
        credentials = server.credentials
        url, token = credentials["api_url"], credentials["tester"]["access_token"]
        outcome = subprocess.run(
            [str(python), str(HERE / "conversation.py"), f"{url}/v1", token, url, credentials["operator_key"]],
            check=False, capture_output=True, text=True, timeout=120,
        )
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout) == {
        "created": ["queued", "mock-video-1", "4", "1280x720"],
        "download_before_render": [409, "not_ready", True],
        "download_before_approval": [409, "not_approved", True],
        "polled": "completed",
        "video": ["video/mp4", True],
        "thumbnail": ["image/webp", True],
        "spritesheet": ["image/webp", True],
        "with_file": "queued",
        "remixed_from": True,
        "pagination": [True, True],
        "deleted": True,
        "after_delete": [404, "not_found", True],
        "bad_seconds": [400, "invalid_request", True],
        "bad_token": [401, "malformed_token", True],
        "after_revocation": [401, "token_revoked", True],
    }


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("version", ["3.54.0", "2.54.0"])
def test_a_workload_exchanges_its_token_and_stops_only_when_that_is_revoked(version: str, tmp_path: Path) -> None:
    python = python_with(HERE / f"openai-{version}.txt")
    with running(tmp_path / "range", "api") as server:
        credentials = server.credentials
        url, tester = credentials["api_url"], credentials["tester"]
        outcome = subprocess.run(
            [
                str(python), str(HERE / "workload.py"), url, tester["access_token"], tester["tester_id"],
                credentials["operator_key"],
            ],
            check=False, capture_output=True, text=True, timeout=120,
        )
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout) == {
        "retrieved": True,
        "one_exchange_for_both": 1,
        "goes_on_after_its_token_was_revoked": True,
        "by_exchanging_again": 2,
        "ends_with_its_subject": [400, "invalid_request"],
        "exchanges": 4,
    }
