"""Credentials handed in by possession: the same answer for all, and an end to what was real."""

from __future__ import annotations

from typing import Any

import pytest

PATH = "/credentials/revoke"


def hand_in(house: Any, *credentials: str) -> Any:
    """Hand credentials in."""
    return house.anybody.post(PATH, json={"credentials": list(credentials)})


def test_real_and_unreal_credentials_get_one_answer(house: Any) -> None:
    answers = [hand_in(house, credential) for credential in ("x", house.access_token, house.tester_key, "llk_1")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"received":1}')}
    headers = [{name for name in answer.headers if name != "x-request-id"} for answer in answers]
    assert all(names == headers[0] for names in headers)


def test_what_was_real_has_ended_when_the_answer_comes(house: Any) -> None:
    hand_in(house, "x", house.access_token)
    assert house.tester.get("/v1/videos").json()["error"]["code"] == "token_revoked"
    hand_in(house, house.tester_key)
    sold = house.anybody.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(house.tester_id, house.tester_key)
    )
    assert sold.status_code == 401


@pytest.mark.parametrize("body", [
    {}, {"credentials": []}, {"credentials": ["x"] * 1001}, {"credentials": "x"}, {"credentials": [5]},
    {"credentials": ["x" * 5000]}, {"credentials": ["x"], "more": 1},
])
def test_a_request_out_of_bounds_is_refused_and_leaves_nothing(house: Any, body: Any) -> None:
    before = house.journal.position
    assert house.anybody.post(PATH, json=body).status_code == 400
    assert house.journal.position == before


def test_real_or_not_one_event_is_waited_for_and_the_rest_is_what_ended(house: Any) -> None:
    before = house.journal.position
    hand_in(house, *(f"llk_{number:038d}" for number in range(300)))
    assert house.journal.position == before + 1
    hand_in(house, house.access_token)
    assert house.journal.position == before + 3


def test_only_json_is_read_here(house: Any) -> None:
    answer = house.anybody.post(PATH, data={"credentials": "x"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (415, "Send the body as application/json.")


def test_a_flood_is_refused_without_a_trace(house: Any) -> None:
    for _ in range(10):
        assert hand_in(house, "x").status_code == 202
    before = house.journal.position
    refused = hand_in(house, house.access_token)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert house.journal.position == before
    assert house.tester.get("/v1/videos").status_code == 200


def test_nothing_of_a_credential_enters_the_log(house: Any) -> None:
    secrets = (house.access_token, house.tester_key)
    hand_in(house, *secrets)
    told = b"".join(line for _, line in house.journal.lines())
    assert not any(secret[8:40].encode() in told for secret in secrets)
