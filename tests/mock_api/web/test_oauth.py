"""The token endpoint keeps to RFC 6749."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import pytest

FORM = {"grant_type": "client_credentials"}


def test_basic_and_post_body_both_buy_a_token(house: Any) -> None:
    basic = house.anybody.post("/oauth/token", data=FORM, auth=(house.tester_id, house.tester_key))
    secret = {"client_id": house.tester_id, "client_secret": house.tester_key}
    post = house.anybody.post("/oauth/token", data={**FORM, **secret})
    for answer in (basic, post):
        assert answer.status_code == 200, answer.text
        grant = answer.json()
        assert (grant["token_type"], grant["expires_in"]) == ("Bearer", 3600)
        assert grant["scope"] == "videos.read videos.write"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["pragma"] == "no-cache"
        assert house.client(grant["access_token"]).get("/v1/videos").status_code == 200


def test_basic_credentials_are_form_encoded_first(house: Any) -> None:
    pair = f"{quote_plus(house.tester_id)}:{quote_plus(house.tester_key)}".replace("_", "%5F")
    header = {"Authorization": f"bAsIc {b64encode(pair.encode()).decode()}"}
    assert house.anybody.post("/oauth/token", data=FORM, headers=header).status_code == 200


@pytest.mark.parametrize(("body", "error"), [
    ("", "invalid_request"),
    ("grant_type=client_credentials", "invalid_client"),
    ("grant_type=client_credentials&client_id=a", "invalid_client"),
    ("grant_type=client_credentials&client_id=a&client_secret=b", "invalid_client"),
    ("client_id=a&client_secret=b", "invalid_request"),
    ("grant_type=&client_id=a&client_secret=b", "invalid_request"),
    ("grant_type=password&client_id=a&client_secret=b", "unsupported_grant_type"),
    ("grant_type=client_credentials&grant_type=client_credentials&client_id=a&client_secret=b", "invalid_request"),
    ("grant_type=client_credentials&client_id=a&client_secret=%ff", "invalid_request"),
    ("&".join(f"a{number}=1" for number in range(60)), "invalid_request"),
    ("a=" + "x" * 20_000, "invalid_request"),
])
def test_bad_requests_are_answered_in_oauths_words(house: Any, body: str, error: str) -> None:
    answer = house.anybody.post(
        "/oauth/token", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (answer.status_code, answer.json()["error"]) == (401 if error == "invalid_client" else 400, error)
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (error == "invalid_client")


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic YQ==", "Bearer abc", "Basic /w=="])
def test_headers_that_are_not_basic_are_refused(house: Any, header: str) -> None:
    answer = house.anybody.post("/oauth/token", data=FORM, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="leaklab"'


def test_one_way_to_authenticate_is_enough(house: Any) -> None:
    answer = house.anybody.post(
        "/oauth/token", data={**FORM, "client_secret": "x"}, auth=(house.tester_id, house.tester_key)
    )
    assert answer.json()["error"] == "invalid_request"


def test_secrets_in_the_url_are_refused(house: Any) -> None:
    answer = house.anybody.post(f"/oauth/token?client_secret={house.tester_key}", data=FORM)
    assert answer.json()["error"] == "invalid_request"
    assert house.tester_key not in answer.text


def test_an_unknown_scope_is_named(house: Any) -> None:
    answer = house.anybody.post(
        "/oauth/token", data={**FORM, "scope": "admin"}, auth=(house.tester_id, house.tester_key)
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_paused_programme_sells_no_tokens(house: Any) -> None:
    house.operator.post("/admin/programme/pause", json={"reason": "A leak"})
    answer = house.anybody.post("/oauth/token", data=FORM, auth=(house.tester_id, house.tester_key))
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert answer.json()["code"] == "programme_paused"


def test_json_is_not_a_token_request(house: Any) -> None:
    assert house.anybody.post("/oauth/token", json=FORM).json()["error"] == "invalid_request"
