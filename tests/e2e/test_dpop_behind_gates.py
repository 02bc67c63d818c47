"""Tokens bound to keys, in front of and behind gates that are processes of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.e2e.running import client, eventually, running
from tests.mock_api.core.dpop.forging import Holder

POLICY = """
name: bound
approval: {mode: none}
enforcement: {kind: push}
dpop: {mode: optional, nonce: true}
"""
pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Who may use a range with two gates."""
    folder = tmp_path_factory.mktemp("bound")
    policy = folder / "bound.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    with running(Path(folder) / "range", "range", "--policy", str(policy), "--gates", "2") as server:
        yield server.credentials


class Bearing:
    """A client with a key, which reaches the API at one address and answers demands for nonces."""

    def __init__(self, credentials: dict[str, Any], url: str, which: int = 0) -> None:
        self.url, self.holder, self.nonce = url, Holder(which=which), ""
        self._who = (credentials["tester"]["tester_id"], credentials["tester"]["tester_key"])

    def proof(self, method: str, path: str, token: str | None = None) -> str:
        """A proof for a request to this address."""
        more = {"nonce": self.nonce} if self.nonce else {}
        return self.holder.proof(time.time(), method, self.url + path, token, jti=uuid4().hex, **more)

    def buy(self) -> str:
        """A token bound to the key."""
        form = {"grant_type": "client_credentials"}
        for _ in range(2):
            headers = {"DPoP": self.proof("POST", "/oauth/token")}
            with client(self.url) as http:
                answer = http.post("/oauth/token", data=form, auth=self._who, headers=headers)
            self.nonce = answer.headers.get("dpop-nonce", self.nonce)
        assert answer.json()["token_type"] == "DPoP", answer.text
        return str(answer.json()["access_token"])

    def send(self, token: str, proof: str | None, scheme: str = "DPoP") -> httpx2.Response:
        """One request, just so."""
        headers = {"Authorization": f"{scheme} {token}", **({"DPoP": proof} if proof else {})}
        with client(self.url) as http:
            return http.get("/v1/videos", headers=headers)

    def ask(self, token: str) -> httpx2.Response:
        """A request with a good proof, again with the nonce if one is demanded."""
        answer = self.send(token, self.proof("GET", "/v1/videos", token))
        if answer.status_code == 401 and "dpop-nonce" in answer.headers:
            self.nonce = answer.headers["dpop-nonce"]
            answer = self.send(token, self.proof("GET", "/v1/videos", token))
        return answer


def code(answer: httpx2.Response) -> str:
    """The API's own word for a refusal."""
    assert answer.status_code == 401, answer.text
    return str(answer.json()["error"]["code"])


def test_a_bound_token_is_bought_and_spent_at_any_gate_by_whoever_holds_the_key(credentials: dict[str, Any]) -> None:
    first, second = (Bearing(credentials, url) for url in credentials["gate_urls"])
    direct = Bearing(credentials, credentials["api_url"])
    token = first.buy()
    for place in (first, second, direct):
        assert [place.ask(token).status_code for _ in range(3)] == [200, 200, 200]


def test_a_stolen_token_and_a_watched_proof_are_worthless_at_every_gate(credentials: dict[str, Any]) -> None:
    first, second = (Bearing(credentials, url) for url in credentials["gate_urls"])
    token = first.buy()
    assert first.ask(token).status_code == 200
    seen = first.proof("GET", "/v1/videos", token)
    assert first.send(token, seen).status_code == 200
    assert code(first.send(token, seen)) == "dpop_proof_replayed"
    assert code(second.send(token, seen)) == "invalid_dpop_proof"
    for gate in credentials["gate_urls"]:
        thief = Bearing(credentials, gate, which=1)
        assert code(thief.send(token, None, "Bearer")) == "key_not_proven"
        assert code(thief.ask(token)) == "key_not_proven"
        refusal = thief.send(token, None, "Bearer")
        assert "DPoP algs=" in refusal.headers["www-authenticate"]
        assert len(refusal.headers.get_list("dpop-nonce")) == 0


def test_who_brings_no_token_to_a_gate_is_told_of_both_ways(credentials: dict[str, Any]) -> None:
    for url in credentials["gate_urls"]:
        with client(url) as nobody:
            challenge = nobody.get("/v1/videos").headers["www-authenticate"]
        assert challenge.startswith('Bearer realm="leaklab", DPoP algs="')


def test_a_revoked_bound_token_is_refused_by_the_gates_own_view(credentials: dict[str, Any]) -> None:
    gates = [Bearing(credentials, url) for url in credentials["gate_urls"]]
    token = gates[0].buy()
    assert all(gate.ask(token).status_code == 200 for gate in gates)
    scope = {"kind": "token", "token": token}
    with client(credentials["api_url"], credentials["operator_key"]) as operator:
        assert operator.post("/admin/revocations", json={"scope": scope, "reason": "leaked"}).status_code == 200
    for gate in gates:
        assert eventually(partial(_refused, gate, token)) == "token_revoked"


def _refused(gate: Bearing, token: str) -> str:
    answer = gate.ask(token)
    return "" if answer.status_code == 200 else code(answer)
