"""Refresh, exchange and revocation on the wire (RFC 6749 §6, RFC 8693, RFC 7009)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from mock_api.core.policy import Refresh

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPE = "urn:ietf:params:oauth:token-type:"
TESTER_KEY = "urn:leaklab:params:oauth:token-type:tester-key"
Turn = Callable[..., Any]


@pytest.fixture
def rotating(house: Any) -> Any:
    """A house that gives refresh tokens."""
    house.authority.operator.adopt_policy(replace(house.authority.policy, refresh=Refresh()), "test")
    return house


def by_key(house: Any, **more: str) -> Any:
    """The exchange of the tester key."""
    form = {"grant_type": EXCHANGE, "subject_token": house.tester_key, "subject_token_type": TESTER_KEY, **more}
    return house.anybody.post("/oauth/token", data=form)


def refresh(house: Any, refresh_token: str, **more: str) -> Any:
    """A refresh by the client itself."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **more}
    return house.anybody.post("/oauth/token", data=form, auth=(house.tester_id, house.tester_key))


def test_a_tester_key_is_exchanged_and_its_pair_refreshed(rotating: Any) -> None:
    first = by_key(rotating)
    assert first.status_code == 200, first.text
    assert first.json()["issued_token_type"] == TYPE + "access_token"
    assert first.headers["cache-control"] == "no-store"
    second = refresh(rotating, first.json()["refresh_token"])
    assert second.status_code == 200, second.text
    assert second.json().keys() == {"access_token", "expires_in", "scope", "token_type", "refresh_token"}
    assert rotating.client(second.json()["access_token"]).get("/v1/videos").status_code == 200


def test_client_credentials_bring_no_refresh_token(rotating: Any) -> None:
    answer = rotating.anybody.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(rotating.tester_id, rotating.tester_key)
    )
    assert answer.json().keys() == {"access_token", "expires_in", "scope", "token_type"}


def test_a_reuse_is_an_invalid_grant_and_the_end_of_both_pairs(rotating: Any) -> None:
    first = by_key(rotating).json()
    second = refresh(rotating, first["refresh_token"]).json()
    for spent in (first, second, first):
        answer = refresh(rotating, spent["refresh_token"])
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert answer.headers["cache-control"] == "no-store"
    refused = rotating.client(second["access_token"]).get("/v1/videos")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token_revoked")


def test_a_refresh_needs_the_client_and_a_token(rotating: Any) -> None:
    token = by_key(rotating).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    nobody = rotating.anybody.post("/oauth/token", data=form)
    assert (nobody.status_code, nobody.json()["error"]) == (401, "invalid_client")
    assert nobody.headers["www-authenticate"] == 'Basic realm="leaklab"'
    missing = refresh(rotating, "")
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    wide = refresh(rotating, token, scope="videos.read admin")
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")
    assert refresh(rotating, token, scope="videos.read").json()["scope"] == "videos.read"


def test_without_refresh_tokens_in_the_policy_the_grant_is_unsupported(house: Any) -> None:
    answer = refresh(house, "llr_x")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("kind", ["access_token", "jwt"])
@pytest.mark.parametrize("media", ["form", "json"])
def test_an_access_token_is_exchanged_for_a_narrower_one(house: Any, kind: str, media: str) -> None:
    body = {
        "grant_type": EXCHANGE, "subject_token": house.access_token, "subject_token_type": TYPE + kind,
        "scope": "videos.read",
    }
    answer = house.anybody.post("/oauth/token", **({"data": body} if media == "form" else {"json": body}))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["scope"], "refresh_token" in answer.json()) == ("videos.read", False)
    narrow = house.client(answer.json()["access_token"])
    assert narrow.get("/v1/videos").status_code == 200
    assert narrow.post("/v1/videos", json={"prompt": "a"}).status_code == 403


def test_what_openais_client_sends_is_taken_and_its_account_checked(house: Any) -> None:
    body = {
        "grant_type": EXCHANGE, "subject_token": house.access_token, "subject_token_type": TYPE + "jwt",
        "identity_provider_id": "idp_1", "service_account_id": house.tester_id,
    }
    answer = house.anybody.post("/oauth/token", json=body)
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json()["expires_in"], int)
    another = house.anybody.post("/oauth/token", json={**body, "service_account_id": "somebody"})
    assert (another.status_code, another.json()["error"]) == (400, "invalid_target")


@pytest.mark.parametrize(("change", "error"), [
    ({"subject_token": ""}, "invalid_request"),
    ({"subject_token": "a.b.c"}, "invalid_request"),
    ({"subject_token_type": ""}, "invalid_request"),
    ({"subject_token_type": TYPE + "saml2"}, "invalid_request"),
    ({"requested_token_type": TYPE + "saml2"}, "invalid_request"),
    ({"requested_token_type": TYPE + "refresh_token"}, "invalid_request"),
    ({"audience": "https://other.invalid"}, "invalid_target"),
    ({"resource": "https://other.invalid"}, "invalid_target"),
    ({"scope": "admin"}, "invalid_scope"),
    ({"actor_token": "x"}, "invalid_request"),
])
def test_an_exchange_that_cannot_be_had_is_refused_in_the_rfcs_words(
    house: Any, change: dict[str, str], error: str
) -> None:
    form = {"grant_type": EXCHANGE, "subject_token": house.access_token, "subject_token_type": TYPE + "access_token"}
    answer = house.anybody.post("/oauth/token", data={**form, **change})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("body", [
    {}, [], "x", {"grant_type": "client_credentials"}, {"grant_type": EXCHANGE}, {"grant_type": EXCHANGE, "scope": 5},
    {"grant_type": EXCHANGE, "subject_token": 5, "subject_token_type": "x"},
])
def test_json_that_is_no_exchange_is_refused(house: Any, body: Any) -> None:
    answer = house.anybody.post("/oauth/token", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_refresh_token_alone_is_no_access_token(rotating: Any) -> None:
    answer = by_key(rotating, requested_token_type=TYPE + "refresh_token").json()
    assert (answer["token_type"], answer["issued_token_type"]) == ("N_A", TYPE + "refresh_token")
    assert "refresh_token" not in answer
    assert refresh(rotating, answer["access_token"]).status_code == 200


# --- revocation ---


def revoke(house: Any, token: str, **more: Any) -> Any:
    """A revocation by the client itself, unless `auth` or headers say otherwise."""
    who = {"auth": (house.tester_id, house.tester_key), **more}
    return house.anybody.post("/oauth/revoke", data={"token": token}, **who)


def test_a_revoked_access_token_is_refused_and_a_revoked_refresh_token_ends_its_family(rotating: Any) -> None:
    grant = by_key(rotating).json()
    tester = rotating.client(grant["access_token"])
    assert tester.get("/v1/videos").status_code == 200
    answer = revoke(rotating, grant["access_token"])
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (200, {}, "no-store")
    assert tester.get("/v1/videos").status_code == 401
    other = refresh(rotating, grant["refresh_token"]).json()
    assert revoke(rotating, other["refresh_token"]).status_code == 200
    assert rotating.client(other["access_token"]).get("/v1/videos").status_code == 401
    assert refresh(rotating, other["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_answer_does_not_tell_what_was_there(rotating: Any) -> None:
    other = rotating.authority.operator.invite("Ben", "artists", by="test")
    foreign = rotating.token(other.tester_id, other.tester_key)
    before = rotating.journal.position
    answers = [revoke(rotating, token) for token in ("unknown", foreign, rotating.tester_key, "ey.a.b")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "{}")}
    assert rotating.journal.position == before
    assert rotating.client(foreign).get("/v1/videos").status_code == 200


def test_a_wrong_hint_does_not_hide_a_token(house: Any) -> None:
    form = {"token": house.access_token, "token_type_hint": "refresh_token"}
    assert house.anybody.post("/oauth/revoke", data=form, auth=(house.tester_id, house.tester_key)).status_code == 200
    assert house.tester.get("/v1/videos").status_code == 401


def test_staff_may_revoke_with_their_keys(house: Any) -> None:
    house.operator.post("/oauth/revoke", data={"token": house.access_token})
    assert house.tester.get("/v1/videos").status_code == 401


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
def test_who_shows_nothing_or_the_wrong_thing_is_told_how_to(house: Any, path: str) -> None:
    form = {"token": house.access_token}
    for headers, scheme in (
        ({}, "Basic"), ({"Authorization": "Bearer x"}, "Bearer"), ({"Authorization": "Basic x"}, "Basic"),
        ({"Authorization": f"Bearer {house.access_token}"}, "Bearer"),
    ):
        answer = house.anybody.post(path, data=form, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"] == f'{scheme} realm="leaklab"'
    wrong = house.anybody.post(path, data=form, auth=(house.tester_id, "llk_wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert house.tester.get("/v1/videos").status_code == 200


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
def test_a_question_without_a_token_or_in_another_format_is_refused(house: Any, path: str) -> None:
    questions: list[dict[str, Any]] = [
        {"data": {}}, {"data": {"token": ""}}, {"json": {"token": "x"}}, {"data": {"token": "x" * 20_000}},
    ]
    for sent in questions:
        answer = house.operator.post(path, **sent)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), sent
    twice = house.operator.post(
        path, content="token=a&token=b", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
