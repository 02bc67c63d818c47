"""Introspection on the wire (RFC 7662, RFC 9701)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from msgspec.structs import replace

from mock_api.core.policy import Refresh
from mock_api.journal import JournalUnavailable

PATH = "/oauth/introspect"
SIGNED = "application/token-introspection+jwt"


@pytest.fixture
def gate_key(house: Any) -> str:
    """The key of the gates in front."""
    key = house.authority.operator.ensure_gate_key()
    assert key is not None
    return str(key)


def test_a_gate_is_told_what_the_token_says(house: Any, gate_key: str) -> None:
    answer = house.client(gate_key).post(PATH, data={"token": house.access_token, "token_type_hint": "access_token"})
    claims = house.authority.access_tokens.decode(house.access_token)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "active": True, "scope": "videos.read videos.write", "client_id": house.tester_id, "sub": house.tester_id,
        "token_type": "Bearer", "exp": int(claims.expires_at), "iat": int(claims.issued_at), "jti": claims.jti,
        "aud": house.authority.audience, "iss": house.authority.issuer,
    }


@pytest.mark.parametrize("body", ["token={}", "token={}&token_type_hint=access_token", "token_type_hint=x&token={}"])
def test_the_form_may_be_written_in_any_way(house: Any, gate_key: str, body: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    for token in (house.access_token, house.access_token.replace(".", "%2E")):
        answer = house.client(gate_key).post(PATH, content=body.format(token), headers=form)
        assert answer.json()["active"] is True


def test_what_is_not_in_force_is_inactive_and_nothing_else(house: Any, gate_key: str) -> None:
    gate = house.client(gate_key)
    for token in ("x", "%", "+", "ey.a.b", house.tester_key, gate_key, house.access_token + "x", "&token_type_hint=x"):
        assert gate.post(PATH, data={"token": token}).json() == {"active": False}
    house.operator.post("/oauth/revoke", data={"token": house.access_token})
    answer = gate.post(PATH, data={"token": house.access_token, "token_type_hint": "access_token"})
    assert (answer.status_code, answer.text) == (200, '{"active":false}')


def test_a_client_asks_about_its_own_and_the_operator_about_all(house: Any) -> None:
    other = house.authority.operator.invite("Ben", "artists", by="test")
    for auth, active in (((house.tester_id, house.tester_key), True), ((other.tester_id, other.tester_key), False)):
        form = {"token": house.access_token}
        assert house.anybody.post(PATH, data=form, auth=auth).json()["active"] is active
        form |= {"client_id": auth[0], "client_secret": auth[1]}
        assert house.anybody.post(PATH, data=form).json()["active"] is active
    assert house.operator.post(PATH, data={"token": house.access_token}).json()["active"] is True


def test_a_refresh_token_is_told_of_as_well(house: Any) -> None:
    house.authority.operator.adopt_policy(replace(house.authority.policy, refresh=Refresh()), "test")
    grant = house.anybody.post("/oauth/token", data={
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": house.tester_key,
        "subject_token_type": "urn:leaklab:params:oauth:token-type:tester-key",
    }).json()
    told = house.operator.post(PATH, data={"token": grant["refresh_token"]}).json()
    assert (told["active"], told["token_type"], told["client_id"]) == (True, "N_A", house.tester_id)


@pytest.mark.parametrize("active", [True, False])
def test_the_answer_is_signed_for_whoever_wants_it(house: Any, gate_key: str, active: bool) -> None:
    token = house.access_token if active else "unknown"
    headers = {"Accept": SIGNED, "X-Leaklab-Gate": "east-1"}
    answer = house.client(gate_key).post(PATH, data={"token": token}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, SIGNED)
    key = jwt.PyJWK(house.anybody.get("/.well-known/jwks.json").json()["keys"][0])
    claims = jwt.decode(answer.text, key, audience="east-1", options={"verify_iat": False})
    assert claims["token_introspection"]["active"] is active
    assert len(claims["token_introspection"]) == (10 if active else 1)
    assert house.client(answer.text).get("/v1/videos").status_code == 401


def test_asking_leaves_no_event(house: Any, gate_key: str) -> None:
    before = house.journal.position
    for token in (house.access_token, "unknown"):
        house.client(gate_key).post(PATH, data={"token": token})
    assert house.journal.position == before


def test_a_question_waits_for_no_disk_and_a_revocation_is_told_only_once_it_is_kept(
    house: Any, gate_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def flushed() -> None:
        raise JournalUnavailable

    monkeypatch.setattr(house.journal, "flushed", flushed)
    gate, question = house.client(gate_key), {"token": house.access_token}
    assert gate.post(PATH, data=question).json()["active"] is True
    refused = gate.post("/oauth/revoke", data=question)
    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    handed_in = house.anybody.post("/credentials/revoke", json={"credentials": ["x"]})
    assert (handed_in.status_code, handed_in.json()["error"]["code"]) == (503, "journal_unavailable")
