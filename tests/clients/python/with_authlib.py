"""What Authlib does with us: a session that buys, refreshes, revokes and asks; a resource server that checks tokens.

Usage: with_authlib.py ISSUER CLIENT_ID CLIENT_SECRET. Prints one JSON object of what it saw.

Nothing is switched off: its session takes plain http on whatever host.
"""

from __future__ import annotations

import json
import sys

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc.jwk import KeySet

issuer, client_id, client_secret = sys.argv[1:4]
VIDEOS = f"{issuer}/v1/videos"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
TESTER_KEY = "urn:leaklab:params:oauth:token-type:tester-key"
seen: dict[str, object] = {}

metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
try:
    AuthorizationServerMetadata(metadata).validate()
    seen["metadata"] = "complete"
except ValueError as problem:
    seen["metadata"] = str(problem)
TOKENS, REVOKE, INTROSPECT = (metadata[f"{name}_endpoint"] for name in ("token", "revocation", "introspection"))


class Validator(JWTBearerTokenValidator):  # type: ignore[misc]  # It is not installed where this is checked.
    """A resource server by RFC 9068 that has fetched our keys."""

    def get_jwks(self) -> KeySet:
        """The keys."""
        return KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())


def session(**more: object) -> OAuth2Session:
    """Somebody with a client id and a secret, shown by HTTP Basic."""
    return OAuth2Session(client_id, client_secret, token_endpoint=TOKENS, **more)


def told(each: OAuth2Session, token: str) -> bool:
    """Whether introspection says that the token is active."""
    answer = each.introspect_token(INTROSPECT, token=token)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["active"])


for method in ("client_secret_basic", "client_secret_post"):
    client = session(token_endpoint_auth_method=method)
    token = client.fetch_token(TOKENS, grant_type="client_credentials", scope="videos.read")
    is_active = told(client, token["access_token"])
    seen[method] = [token["token_type"], token["scope"], client.get(VIDEOS).status_code, is_active]

validator = Validator(issuer, metadata["protected_resources"][0])
claims = validator.authenticate_token(token["access_token"])
validator.validate_token(claims, ["videos.read"], None)
seen["checked_by_rfc_9068"] = [claims.header["typ"], claims["client_id"] == client_id, claims["scope"]]

answer = client.revoke_token(REVOKE, token=token["access_token"], token_type_hint="access_token")
seen["revoked"] = [answer.status_code, told(client, token["access_token"]), client.get(VIDEOS).status_code]

client = session()
pair = dict(client.fetch_token(TOKENS, grant_type=EXCHANGE, subject_token=client_secret, subject_token_type=TESTER_KEY))
second = dict(client.refresh_token(TOKENS, refresh_token=pair["refresh_token"]))
seen["refreshed"] = [second["refresh_token"] != pair["refresh_token"], client.get(VIDEOS).status_code]
client.token["expires_at"] = 1  # It has run out, for all the client knows: the next request renews it first.
seen["renews_by_itself"] = [client.get(VIDEOS).status_code, client.token["access_token"] != second["access_token"]]
newest = client.token["refresh_token"]
answer = client.revoke_token(REVOKE, token=newest, token_type_hint="refresh_token")
seen["revoked_family"] = [answer.status_code, client.get(VIDEOS).status_code, told(client, newest)]
try:
    client.refresh_token(TOKENS, refresh_token=newest)
except OAuthError as error:
    seen["after_revocation"] = error.error
print(json.dumps(seen))
