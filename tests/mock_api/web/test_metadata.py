"""Discovery (RFC 8414, RFC 9728): what is promised is there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from mock_api.core.policy import Dpop, Refresh

SERVER, RESOURCE = "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"


def test_the_server_says_who_it_is_and_where_everything_is(house: Any) -> None:
    answer = house.anybody.get(SERVER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    told = answer.json()
    assert told["issuer"] == house.authority.issuer == "https://leaklab.invalid"
    paths = house.anybody.get("/openapi.json").json()["paths"]
    for name, url in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert url.startswith(told["issuer"] + "/")
            assert urlsplit(url).path in paths, name
    assert told["response_types_supported"] == ["none"]


def test_the_policy_decides_what_is_offered(house: Any) -> None:
    plain = house.anybody.get(SERVER).json()
    assert "refresh_token" not in plain["grant_types_supported"]
    assert "dpop_signing_alg_values_supported" not in plain
    policy = replace(house.authority.policy, refresh=Refresh(), dpop=Dpop(mode="required"))
    house.authority.operator.adopt_policy(policy, "test")
    told = house.anybody.get(SERVER).json()
    assert "refresh_token" in told["grant_types_supported"]
    assert "ES256" in told["dpop_signing_alg_values_supported"]
    assert house.anybody.get(RESOURCE).json()["dpop_bound_access_tokens_required"] is True


def test_the_resource_names_its_server_and_stands_at_its_own_path(house: Any) -> None:
    told = house.anybody.get(RESOURCE + "/v1").json()
    assert told == house.anybody.get(RESOURCE).json()
    assert told["resource"] == house.authority.audience == "https://leaklab.invalid/v1"
    assert told["authorization_servers"] == [house.authority.issuer]
    assert told["bearer_methods_supported"] == ["header"]


def test_nothing_is_believed_of_what_a_request_says_of_its_host(house: Any) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert "evil" not in house.anybody.get(SERVER, headers=headers).text
