"""Possession of a key on the wire: headers, challenges, nonces (RFC 9449)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from mock_api.core.dpop import ALGORITHMS
from mock_api.core.policy import Dpop
from mock_api.web.settings import WebSettings
from tests.mock_api.core.dpop.forging import ABSENT, Holder
from tests.mock_api.web.conftest import POLICY, House

HERE = "http://testserver"
TOKENS, VIDEOS = f"{HERE}/oauth/token", f"{HERE}/v1/videos"
ALGS = f'DPoP algs="{" ".join(ALGORITHMS)}"'
BEARER = 'Bearer realm="leaklab"'


def house_with(dpop: Dpop | None, public_url: str = HERE) -> House:
    """A house that hands out tokens for keys."""
    return House(replace(POLICY, dpop=dpop), WebSettings(knock=False, public_url=public_url))


@pytest.fixture
def bound() -> House:
    """A house that binds tokens to whoever shows a key."""
    return house_with(Dpop())


def buy(house: House, *proofs: str) -> Any:
    """The answer of the token endpoint."""
    headers = [("DPoP", proof) for proof in proofs]
    form = {"grant_type": "client_credentials"}
    return house.anybody.post("/oauth/token", data=form, auth=(house.tester_id, house.tester_key), headers=headers)


def token_for(house: House, holder: Holder, **more: Any) -> str:
    answer = buy(house, holder.proof(house.clock.at, "POST", TOKENS, **more))
    assert answer.status_code == 200, answer.text
    assert answer.json()["token_type"] == "DPoP"
    return str(answer.json()["access_token"])


def ask(house: House, token: str, *proofs: str, scheme: str = "DPoP", path: str = "/v1/videos") -> Any:
    headers = [("Authorization", f"{scheme} {token}"), *(("DPoP", proof) for proof in proofs)]
    return house.anybody.get(path, headers=headers)


def test_a_bound_token_opens_the_api_with_a_proof_each_time(bound: House) -> None:
    holder = Holder()
    token = token_for(bound, holder)
    for scheme in ("DPoP", "dpop", "DPOP"):
        proof = holder.proof(bound.clock.at, url=VIDEOS, token=token)
        assert ask(bound, token, proof, scheme=scheme).status_code == 200
    proof = holder.proof(bound.clock.at, url=VIDEOS, token=token)
    assert ask(bound, token, proof, path="/v1/videos?limit=2").status_code == 200


def test_the_lean_route_asks_for_a_proof_too(bound: House) -> None:
    holder, video_id = Holder(), bound.video()
    token, path = token_for(bound, holder), f"/v1/videos/{video_id}"
    proof = holder.proof(bound.clock.at, url=f"{HERE}{path}", token=token)
    assert ask(bound, token, proof, path=path).json()["id"] == video_id
    assert ask(bound, token, proof, path=path).status_code == 401
    assert ask(bound, token, scheme="Bearer", path=path).status_code == 401


def test_an_address_that_needs_escapes_is_named_as_it_was_asked_for(bound: House) -> None:
    holder = Holder()
    token = token_for(bound, holder)
    for path in ("/v1/videos/%76ideo", "/v1/videos/a%2Fb", "/v1/videos/%C3%A9", "/v1/videos/a b"):
        proof = holder.proof(bound.clock.at, url=f"{HERE}{path.replace(' ', '%20')}", token=token)
        assert ask(bound, token, proof, path=path).status_code == 404


def test_a_bound_token_as_bearer_is_refused_with_both_challenges(bound: House) -> None:
    holder = Holder()
    token = token_for(bound, holder)
    for proofs in ((), (holder.proof(bound.clock.at, url=VIDEOS, token=token),)):
        answer = ask(bound, token, *proofs, scheme="Bearer")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "key_not_proven")
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith(f'{BEARER}, error="invalid_token", error_description="')
        assert challenge.endswith(f'", {ALGS}')


def test_a_stranger_with_a_key_of_their_own_is_refused(bound: House) -> None:
    token = token_for(bound, Holder())
    answer = ask(bound, token, Holder(which=1).proof(bound.clock.at, url=VIDEOS, token=token))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith(f'{ALGS}, error="invalid_token", error_description="')
    assert answer.headers["www-authenticate"].endswith(BEARER)


FORGED: dict[str, Callable[[House, Holder, str], list[str]]] = {
    "none": lambda house, holder, token: [],
    "two": lambda house, holder, token: [holder.proof(house.clock.at, url=VIDEOS, token=token)] * 2,
    "garbage": lambda house, holder, token: ["garbage"],
    "other method": lambda house, holder, token: [holder.proof(house.clock.at, "POST", VIDEOS, token)],
    "other address": lambda house, holder, token: [holder.proof(house.clock.at, "GET", f"{HERE}/v1", token)],
    "other server": lambda house, holder, token: [
        holder.proof(house.clock.at, "GET", "https://leaklab.invalid/v1/videos", token)
    ],
    "other token": lambda house, holder, token: [holder.proof(house.clock.at, "GET", VIDEOS, "x")],
    "no token": lambda house, holder, token: [holder.proof(house.clock.at, "GET", VIDEOS)],
    "old": lambda house, holder, token: [holder.proof(house.clock.at - 61, "GET", VIDEOS, token)],
    "early": lambda house, holder, token: [holder.proof(house.clock.at + 62, "GET", VIDEOS, token)],
    "no jti": lambda house, holder, token: [holder.proof(house.clock.at, "GET", VIDEOS, token, jti=ABSENT)],
}


@pytest.mark.parametrize("fault", FORGED)
def test_a_proof_with_one_thing_wrong_is_refused_in_rfc_9449s_words(bound: House, fault: str) -> None:
    holder = Holder()
    token = token_for(bound, holder)
    answer = ask(bound, token, *FORGED[fault](bound, holder, token))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_dpop_proof")
    assert answer.headers["www-authenticate"].startswith(f'{ALGS}, error="invalid_dpop_proof", error_description="')
    assert answer.headers["cache-control"] == "no-store"
    assert "dpop-nonce" not in answer.headers


def test_a_proof_seen_on_the_way_is_refused(bound: House) -> None:
    holder = Holder()
    token = token_for(bound, holder)
    proof = holder.proof(bound.clock.at, url=VIDEOS, token=token)
    assert ask(bound, token, proof).status_code == 200
    answer = ask(bound, token, proof)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "dpop_proof_replayed")
    assert 'error="invalid_dpop_proof"' in answer.headers["www-authenticate"]


def test_what_the_host_header_says_is_not_believed() -> None:
    """A proof for another server does not become one for us by a header that anybody can write."""
    house, holder = house_with(Dpop(), "https://api.example"), Holder()
    proof = holder.proof(house.clock.at, "POST", TOKENS)
    assert buy(house, proof).json()["error"] == "invalid_dpop_proof"
    ours = holder.proof(house.clock.at, "POST", "https://api.example/oauth/token")
    assert buy(house, ours).status_code == 200


@pytest.mark.parametrize("public_url", [f"{HERE}/", f"{HERE}:80", "HTTP://TestServer"])
def test_spellings_of_our_own_address_do_not_matter(public_url: str) -> None:
    house = house_with(Dpop(), public_url)
    token_for(house, Holder())


def test_the_token_endpoint_says_what_is_wrong_with_a_proof_in_oauths_words(bound: House) -> None:
    proof = Holder().proof(bound.clock.at, "GET", TOKENS)
    for proofs in ((proof,), ("x",), (proof, proof), ("",)):
        answer = buy(bound, *proofs)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof"), proofs
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


def test_nonces_are_handed_out_one_by_each_server() -> None:
    house, holder = house_with(Dpop(nonce=True)), Holder()
    first = buy(house, holder.proof(house.clock.at, "POST", TOKENS))
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    assert first.headers["cache-control"] == "no-store"
    (nonce,) = first.headers.get_list("dpop-nonce")
    token = token_for(house, holder, nonce=nonce)

    second = ask(house, token, holder.proof(house.clock.at, url=VIDEOS, token=token, nonce=nonce))
    assert (second.status_code, second.json()["error"]["code"]) == (401, "use_dpop_nonce")
    assert 'DPoP algs=' in second.headers["www-authenticate"]
    assert 'error="use_dpop_nonce"' in second.headers["www-authenticate"]
    assert second.headers["cache-control"] == "no-store"
    (other,) = second.headers.get_list("dpop-nonce")
    assert other != nonce
    assert ask(house, token, holder.proof(house.clock.at, url=VIDEOS, token=token, nonce=other)).status_code == 200

    house.clock.at += 150.0
    late = ask(house, token, holder.proof(house.clock.at, url=VIDEOS, token=token, nonce=other))
    assert late.headers["dpop-nonce"] not in {nonce, other}


def test_where_keys_are_required_a_token_without_is_not_to_be_had() -> None:
    house = house_with(Dpop())
    house.authority.policy = replace(POLICY, dpop=Dpop(mode="required"))
    answer = buy(house)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_whoever_comes_without_credential_is_told_of_both_ways(bound: House, house: House) -> None:
    assert bound.anybody.get("/v1/videos").headers["www-authenticate"] == f"{BEARER}, {ALGS}"
    assert house.anybody.get("/v1/videos").headers["www-authenticate"] == BEARER


def test_without_the_policy_there_is_no_word_of_proofs(house: House) -> None:
    answer = buy(house, "whatever")
    assert answer.json()["token_type"] == "Bearer"
    refused = ask(house, answer.json()["access_token"], Holder().proof(house.clock.at, url=VIDEOS))
    assert refused.status_code == 401
    assert house.client("x").get("/v1/videos").headers["www-authenticate"].count("algs") == 0


def test_keys_of_operators_need_no_proof_and_get_none(bound: House) -> None:
    path = "/admin/testers"
    assert ask(bound, bound.operator_key, scheme="Bearer", path=path).status_code == 200
    answer = ask(bound, bound.operator_key, path=path)
    assert (answer.status_code, answer.headers["www-authenticate"].count("DPoP")) == (401, 0)


def test_behind_a_gate_a_proof_names_the_gate(bound: House) -> None:
    """The gate says where it stands, and is believed by its key; anybody else may say what they like."""
    holder, gate = Holder(), "https://gate-1.example"
    badge = {
        "X-Leaklab-Gate": "gate-1", "X-Leaklab-Gate-Url": gate,
        "X-Leaklab-Gate-Key": bound.authority.operator.renew_gate_key(),
    }
    form, auth = {"grant_type": "client_credentials"}, (bound.tester_id, bound.tester_key)
    proof = holder.proof(bound.clock.at, "POST", f"{gate}/oauth/token")
    unbelieved = {name: value for name, value in badge.items() if name != "X-Leaklab-Gate-Key"}
    at_the_gate: Any = bound.anybody
    refused = at_the_gate.post("/oauth/token", data=form, auth=auth, headers={**unbelieved, "DPoP": proof})
    assert refused.json()["error"] == "invalid_dpop_proof"
    bought = at_the_gate.post("/oauth/token", data=form, auth=auth, headers={**badge, "DPoP": proof})
    token = bought.json()["access_token"]
    for address, status in ((f"{gate}/v1/videos", 200), (VIDEOS, 401)):
        shown = {"Authorization": f"DPoP {token}", "DPoP": holder.proof(bound.clock.at, url=address, token=token)}
        assert at_the_gate.get("/v1/videos", headers={**badge, **shown}).status_code == status
