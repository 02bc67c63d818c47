"""What requests_oauth2client does with us: discovery, every grant, revocation, introspection, DPoP with nonces.

Usage: with_requests_oauth2client.py ISSUER CLIENT_ID CLIENT_SECRET. Prints one JSON object of what it saw.

`testing=True` switches one check off: that addresses are https, which on loopback they are not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import requests
from requests_oauth2client import BearerToken, DPoPToken, OAuth2Client, OAuth2Error

issuer, client_id, client_secret = sys.argv[1:4]
VIDEOS = f"{issuer}/v1/videos"
TESTER_KEY = "urn:leaklab:params:oauth:token-type:tester-key"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
seen: dict[str, object] = {}

client = OAuth2Client.from_discovery_endpoint(
    url=f"{issuer}/.well-known/oauth-authorization-server", issuer=issuer,
    client_id=client_id, client_secret=client_secret, testing=True,
)  # fmt: skip
seen["discovered"] = client.issuer == issuer


def asked(token: BearerToken | None) -> int:
    """The status of a request to the API."""
    return requests.get(VIDEOS, auth=token, timeout=10).status_code


def refused(call: Callable[[], object]) -> str:
    """The error with which `call` is refused."""
    try:
        call()
    except OAuth2Error as error:
        return type(error).__name__
    raise SystemExit("a refusal was expected")


def told(token: BearerToken | str, hint: str | None = None) -> dict[str, object]:
    """What introspection says of a token."""
    said = client.introspect_token(token, hint)
    return {name: said[name] for name in ("active", "scope", "client_id", "token_type", "cnf") if name in said}


# --- bearer tokens ---

bought = client.client_credentials(scope="videos.read")
seen["bought"] = [bought.token_type, bought.scope, bought.refresh_token is None, asked(bought)]
seen["introspected"] = told(bought) == {
    "active": True, "scope": "videos.read", "client_id": client_id, "token_type": "Bearer"
}
narrowed = client.token_exchange(subject_token=bought, requested_token_type=ACCESS_TOKEN)
seen["exchanged"] = [asked(narrowed), narrowed.issued_token_type]
seen["revoked"] = [client.revoke_access_token(bought), told(bought), asked(bought), client.revoke_access_token("never")]

pair = client.token_exchange(subject_token=client_secret, subject_token_type=TESTER_KEY)
second = client.refresh_token(pair)
seen["refreshed"] = [asked(second), second.refresh_token != pair.refresh_token, told(second, "refresh_token")["active"]]
seen["reused"] = refused(lambda: client.refresh_token(pair))
seen["the_family_is_dead"] = [asked(second), refused(lambda: client.refresh_token(second))]
third = client.token_exchange(subject_token=client_secret, subject_token_type=TESTER_KEY)
seen["revoked_refresh_token"] = [client.revoke_refresh_token(third), asked(third)]
stranger = OAuth2Client(client.token_endpoint, client_id=client_id, client_secret="wrong", testing=True)
seen["wrong_secret"] = refused(stranger.client_credentials)

# --- tokens that are bound to a key; the server asks for nonces, which this client answers by itself ---

bound = client.client_credentials(dpop=True)
assert isinstance(bound, DPoPToken)
key = bound.dpop_key
seen["bound"] = [bound.token_type, asked(bound), asked(bound), bool(key.as_nonce), key.as_nonce != key.rs_nonce]
seen["bound_introspected"] = told(bound)["cnf"] == {"jkt": key.dpop_jkt}
seen["without_proof"] = asked(BearerToken(bound.access_token))
other = client.client_credentials(dpop=True)
assert isinstance(other, DPoPToken)
thief = DPoPToken(access_token=bound.access_token, _dpop_key=other.dpop_key)
seen["with_another_key"] = asked(thief)
bound_pair = client.token_exchange(subject_token=client_secret, subject_token_type=TESTER_KEY, dpop=True)
bound_second = client.refresh_token(bound_pair)
seen["bound_refreshed"] = [bound_second.token_type, asked(bound_second)]
naked = str(bound_second.refresh_token)
seen["refreshed_without_proof"] = refused(lambda: client.refresh_token(naked))
bound_third = client.refresh_token(bound_second)
seen["bound_revoked"] = [client.revoke_access_token(bound_third), told(bound_third)]
print(json.dumps(seen))
