"""Every request of docs/api.md, sent in its order to a range, is answered as the page says."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from string import Template

import httpx2
import pytest

from tests.e2e.running import RunningRange, client, eventually, running

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
CURLS = [
    line for language, block in BLOCKS if language == "sh" for line in block.splitlines() if line.startswith("curl ")
]

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningRange]:
    with running(tmp_path / "range") as started:
        yield started


def test_every_request_of_the_page_is_answered(server: RunningRange) -> None:
    known = server.credentials
    values = {
        "API": known["api_url"], "OPERATOR_KEY": known["operator_key"], "TOKEN": known["tester"]["access_token"],
        "TESTER_ID": known["tester"]["tester_id"], "TESTER_KEY": known["tester"]["tester_key"],
    }  # fmt: skip
    assert len(CURLS) > 20
    with client(known["api_url"]) as http:
        for line in CURLS:
            if "/claim" in line or "/content" in line:
                _wait_for_an_output(http, values)
            answer = _send(http, line, values)
            if "/content" in line or "/remix" in line:  # The page says so: nobody has approved it yet.
                assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_approved")
                continue
            assert answer.is_success, f"{line}\n{answer.status_code} {answer.text}"
            if line.endswith('/v1/videos"'):
                values["VIDEO_ID"] = answer.json()["id"]


def test_every_python_block_is_python() -> None:
    blocks = [block for language, block in BLOCKS if language == "python"]
    assert blocks
    for block in blocks:
        ast.parse(block)


def _wait_for_an_output(http: httpx2.Client, values: dict[str, str]) -> None:
    """Until an output is held; it becomes the video that the page goes on with."""
    operator = {"Authorization": f"Bearer {values['OPERATOR_KEY']}"}
    held = eventually(lambda: http.get("/admin/approvals?state=held", headers=operator).json()["data"])
    values["VIDEO_ID"] = held[0]["video_id"]


def _send(http: httpx2.Client, line: str, values: dict[str, str]) -> httpx2.Response:
    """What curl would send for a line of the page."""
    words = argparse.ArgumentParser()
    words.add_argument("url")
    words.add_argument("-H", action="append", default=[])
    words.add_argument("-d", action="append", default=[])
    words.add_argument("-F", action="append", default=[])
    words.add_argument("-u")
    words.add_argument("-X")
    words.add_argument("-o")
    asked = words.parse_args([Template(word).substitute(values) for word in shlex.split(line)[1:]])
    headers = dict(header.split(": ", 1) for header in asked.H)
    method = asked.X or ("POST" if asked.d or asked.F else "GET")
    auth = tuple(asked.u.split(":", 1)) if asked.u else None
    if asked.F:
        fields = {name: (None, value) for name, value in (field.split("=", 1) for field in asked.F)}
        return http.request(method, asked.url, headers=headers, files=fields, auth=auth)
    if asked.d:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return http.request(method, asked.url, headers=headers, content="&".join(asked.d), auth=auth)
    return http.request(method, asked.url, headers=headers, auth=auth)
