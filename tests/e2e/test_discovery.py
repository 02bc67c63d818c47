"""A server whose issuer leads to it is found by clients, also after a restart without being told its name again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.running import client, free_ports, running


@pytest.mark.slow
@pytest.mark.server
def test_a_range_with_a_name_of_its_own_is_discovered_and_keeps_its_name(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    issuer = f"http://127.0.0.1:{port}"
    for more in (("--issuer", issuer), ()):
        with running(tmp_path / "range", "api", "--port-api", str(port), *more) as server, client(issuer) as http:
            metadata = http.get("/.well-known/oauth-authorization-server").json()
            assert metadata["issuer"] == issuer
            assert metadata["token_endpoint"] == issuer + "/oauth/token"
            assert http.get(metadata["jwks_uri"]).json()["keys"]
            resource = http.get("/.well-known/oauth-protected-resource/v1").json()
            assert (resource["resource"], resource["authorization_servers"]) == (issuer + "/v1", [issuer])
            tester = server.credentials["tester"]
            grant = http.post(
                metadata["token_endpoint"], data={"grant_type": "client_credentials"},
                auth=(tester["tester_id"], tester["tester_key"]),
            ).json()
            bearer = {"Authorization": f"Bearer {grant['access_token']}"}
            assert http.get("/v1/videos", headers=bearer).status_code == 200
