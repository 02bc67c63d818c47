"""Status lists over HTTP, as verifiers fetch them."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from msgspec.structs import replace

from mock_api.core.enforcement import StatusLists
from mock_api.core.status_reader import StatusListReader
from tests.mock_api.web.conftest import POLICY, House


@pytest.fixture
def listed() -> Any:
    """A house that publishes lists of 64 places."""
    return House(replace(POLICY, enforcement=StatusLists(size=64, ttl=10.0)))


def test_a_list_comes_signed_open_to_all_and_with_its_time(listed: Any) -> None:
    got = listed.anybody.get("/status-lists/1", headers={"Accept": "application/statuslist+jwt"})
    assert (got.status_code, got.headers["content-type"]) == (200, "application/statuslist+jwt")
    assert got.headers["access-control-allow-origin"] == "*"
    assert (got.headers["cache-control"], got.headers["vary"]) == ("max-age=10", "Accept-Encoding")
    uri = "https://leaklab.invalid/status-lists/1"
    read = StatusListReader(listed.authority.keyring.keys).read(uri, got.content)
    assert (read.bits, read.ttl, len(read.statuses)) == (2, 10.0, 16)


def test_it_is_zipped_for_those_who_ask(listed: Any) -> None:
    plain = listed.anybody.get("/status-lists/1", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with listed.anybody.stream("GET", "/status-lists/1", headers={"Accept-Encoding": "gzip"}) as zipped:
        assert zipped.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(zipped.iter_raw())) == plain.content


def test_what_is_known_is_not_sent_again_until_something_changes(listed: Any) -> None:
    tag = listed.anybody.get("/status-lists/1").headers["etag"]
    again = listed.anybody.get("/status-lists/1", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    form = {"scope": {"kind": "tester", "tester_id": listed.tester_id}, "reason": "leaked"}
    assert listed.operator.post("/admin/revocations", json=form).status_code == 200
    assert listed.anybody.get("/status-lists/1", headers={"If-None-Match": tag}).status_code == 200


def test_history_is_not_kept(listed: Any) -> None:
    got = listed.anybody.get("/status-lists/1?time=1700000000")
    assert (got.status_code, got.json()["error"]["code"]) == (501, "history_not_kept")


def test_there_are_only_the_lists_that_were_opened(listed: Any) -> None:
    assert listed.anybody.get("/status-lists").json() == {"status_lists": ["https://leaklab.invalid/status-lists/1"]}
    for number in ("0", "2", "99999999999999999999"):
        assert listed.anybody.get(f"/status-lists/{number}").status_code == 404
    assert listed.anybody.get("/status-lists/one").status_code == 400


def test_a_range_without_lists_has_none(house: Any) -> None:
    assert house.anybody.get("/status-lists").json() == {"status_lists": []}
    assert house.anybody.get("/status-lists/1").status_code == 404
