"""The intake of leak reports on the wire: raw bytes, headers as GitHub sends them, nothing told before its time."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from msgspec import to_builtins

from mock_api.core.intake import BATCH_BYTES, BATCH_REPORTS
from mock_api.web.intake import STEP
from tests.mock_api.scanner import Scanner, batch_of

PATH = "/leak-reports/secret-scanning"


@pytest.fixture
def scanner(house: Any) -> Scanner:
    """A scanner whose key the operator has adopted."""
    scanner = Scanner()
    adopt(house, scanner)
    return scanner


def adopt(house: Any, *scanners: Scanner) -> None:
    keys = [to_builtins(each.published()) for each in scanners]
    answer = house.operator.put("/admin/scanner-keys", json={"public_keys": keys})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"public_keys": keys}


def report(house: Any, scanner: Scanner, body: bytes, **headers: str) -> Any:
    return house.anybody.post(PATH, content=body, headers={**scanner.headers(body), **headers})


def test_a_signed_batch_is_answered_with_a_verdict_for_each_report(house: Any, scanner: Scanner) -> None:
    answer = report(house, scanner, batch_of(house.tester_key, "nonsense"))
    assert answer.status_code == 200
    first, second = answer.json()
    assert (first["label"], first["token_type"]) == ("true_positive", "leaklab_tester_key")
    assert len(first["token_hash"]) == 64
    assert second["label"] == "false_positive"
    assert house.tester_key not in answer.text


def test_the_leak_becomes_a_report_that_the_operator_sees(house: Any, scanner: Scanner) -> None:
    report(house, scanner, batch_of(house.access_token))
    told = house.operator.get("/admin/events?limit=1000").json()["data"]
    (leak,) = [each["event"] for each in told if each["event"]["type"] == "LeakReported"]
    assert (leak["tester_id"], leak["by"]) == (house.tester_id, "scanner scanner-1")


def test_who_signs_with_no_known_key_always_hears_the_same(house: Any, scanner: Scanner) -> None:
    body, stranger = batch_of(house.tester_key), Scanner("scanner-9")
    answers = [
        report(house, stranger, body),
        report(house, Scanner(scanner.identifier), body),
        report(house, scanner, body, **{"Github-Public-Key-Signature": "AAAA"}),
        house.anybody.post(PATH, content=body),
        house.anybody.post(PATH, content=b""),
        house.operator.post(PATH, json={"any": "thing"}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["error"]["code"] == "signature_invalid"


def test_what_is_signed_and_no_batch_is_a_bad_request(house: Any, scanner: Scanner) -> None:
    answer = report(house, scanner, b'{"token": "x"}')
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    many = batch_of(*["x"] * (BATCH_REPORTS + 1), kind="", url="")
    assert report(house, scanner, many).status_code == 413


def test_a_body_over_the_limit_is_not_read_to_its_end(house: Any, scanner: Scanner) -> None:
    answer = report(house, scanner, b" " * (BATCH_BYTES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")


def test_keys_rotate(house: Any, scanner: Scanner) -> None:
    new = Scanner("scanner-2")
    keys = [to_builtins(new.published()), to_builtins(scanner.published(is_current=False))]
    assert house.operator.put("/admin/scanner-keys", json={"public_keys": keys}).status_code == 200
    assert report(house, scanner, batch_of("a")).status_code == report(house, new, batch_of("b")).status_code == 200
    adopt(house, new)
    assert report(house, scanner, batch_of("c")).status_code == 401


def test_only_the_operator_says_whom_to_believe(house: Any) -> None:
    for who in (house.anybody, house.tester):
        assert who.get("/admin/scanner-keys").status_code == 401
        assert who.put("/admin/scanner-keys", json={"public_keys": []}).status_code == 401
    bad = house.operator.put("/admin/scanner-keys", json={"public_keys": [{"key_identifier": "a", "key": "x"}]})
    assert (bad.status_code, bad.json()["error"]["param"]) == (400, "public_keys[0].key")


async def test_others_are_answered_while_a_long_batch_is_looked_through(house: Any, scanner: Scanner) -> None:
    body = batch_of(*[f"nonsense {number}" for number in range(STEP * 50)])
    transport = httpx2.ASGITransport(house.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        long = asyncio.create_task(client.post(PATH, content=body, headers=scanner.headers(body)))
        answered = 0
        while not long.done():
            assert (await client.get("/healthz")).status_code == 200
            answered += 1
            await asyncio.sleep(0)  # In process an answer comes without anybody else having had a turn.
        assert (await long).status_code == 200
    assert answered >= 50  # One turn for everybody else between two steps.


def test_only_what_is_ours_waits_for_the_disk(house: Any, scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = 0

    async def counting() -> None:
        nonlocal flushed
        flushed += 1

    monkeypatch.setattr(house.journal, "flushed", counting)
    report(house, scanner, batch_of("nonsense"))
    report(house, Scanner("scanner-9"), batch_of(house.tester_key))
    assert flushed == 0
    ours = batch_of("nonsense", house.tester_key)
    report(house, scanner, ours)
    report(house, scanner, ours)  # Also the second time: the first may not be on disk yet.
    assert flushed == 2
