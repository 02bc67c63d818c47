"""A receiver of signals, written from the framework's text with joserfc: discovery, a stream, polls, verified tokens.

Usage: with_joserfc_signals.py ISSUER CLIENT_ID CLIENT_SECRET OPERATOR_KEY. Prints one JSON object of what it saw.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry, Token

issuer, client_id, client_secret, operator_key = sys.argv[1:5]
ALGORITHMS = ["EdDSA", "ES256", "RS256"]
CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
OPERATOR = {"Authorization": f"Bearer {operator_key}"}
seen: dict[str, object] = {}

configuration = requests.get(f"{issuer}/.well-known/ssf-configuration", timeout=10).json()
seen["discovered"] = [configuration["issuer"] == issuer, configuration["spec_version"]]

admitted = requests.post(f"{issuer}/admin/signal-receivers", json={"name": "joserfc"}, headers=OPERATOR, timeout=10)
RECEIVER = {"Authorization": f"Bearer {admitted.json()['receiver_key']}"}
wanted: dict[str, Any] = {"delivery": {"method": "urn:ietf:rfc:8936"}, "events_requested": [f"{CAEP}session-revoked"]}
made = requests.post(configuration["configuration_endpoint"], json=wanted, headers=RECEIVER, timeout=10)
stream = made.json()
seen["stream"] = [made.status_code, stream["events_delivered"] == wanted["events_requested"]]


def polled(**form: Any) -> dict[str, Token]:
    """What waits, by `jti`: signature, type and claims being as the framework wants them."""
    url = stream["delivery"]["endpoint_url"]
    answer = requests.post(url, json={"returnImmediately": True, **form}, headers=RECEIVER, timeout=10)
    keys = KeySet.import_key_set(requests.get(configuration["jwks_uri"], timeout=10).json())
    registry = JWTClaimsRegistry(
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": stream["aud"]},
        iat={"essential": True}, jti={"essential": True}, txn={"essential": True},
    )
    tokens = {jti: jwt.decode(text, keys, algorithms=ALGORITHMS) for jti, text in answer.json()["sets"].items()}
    for jti, token in tokens.items():
        assert token.header["typ"] == "secevent+jwt", token.header
        registry.validate(token.claims)
        assert token.claims["jti"] == jti
        assert not {"sub", "exp"} & token.claims.keys()
    return tokens


asked = {"stream_id": stream["stream_id"], "state": "a-state-of-mine"}
seen["asked"] = requests.post(
    configuration["verification_endpoint"], json=asked, headers=RECEIVER, timeout=10
).status_code
((jti, token),) = polled().items()
seen["verified"] = [token.header["alg"], *token.claims["events"].values()]

scope = {"kind": "tester", "tester_id": client_id}
requests.post(
    f"{issuer}/admin/revocations", json={"scope": scope, "reason": "leaked"}, headers=OPERATOR, timeout=10
).raise_for_status()
((again, token),) = polled(ack=[jti]).items()
seen["subject"] = token.claims["sub_id"] == {"format": "iss_sub", "iss": issuer, "sub": client_id}
seen["told"] = [kind.rpartition("/")[2] for kind in token.claims["events"]]
seen["left"] = len(polled(ack=[again]))
print(json.dumps(seen))
