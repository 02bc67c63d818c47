"""What PyJWT and its PyJWKClient make of our keys and tokens, and of a new key.

Usage: with_pyjwt.py ISSUER CLIENT_ID CLIENT_SECRET OPERATOR_KEY. Prints one JSON object of what it saw.

Nothing is switched off: it takes plain http.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import jwt

issuer, client_id, client_secret, operator_key = sys.argv[1:]
ALGORITHMS = ["EdDSA", "ES256", "RS256"]
REQUIRED = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]
seen: dict[str, object] = {}


def ask(path: str, authorization: str | None = None, body: bytes | None = None, media: str = "") -> Any:
    """One request, without any library of ours."""
    headers = {"Content-Type": media} if media else {}
    if authorization is not None:
        headers["Authorization"] = authorization
    request = Request(issuer + path, data=body, headers=headers)
    return json.load(build_opener(ProxyHandler({})).open(request, timeout=10))


def buy() -> str:
    """An access token."""
    basic = b64encode(f"{client_id}:{client_secret}".encode()).decode()
    form = urlencode({"grant_type": "client_credentials"}).encode()
    return str(ask("/oauth/token", f"Basic {basic}", form, "application/x-www-form-urlencoded")["access_token"])


def rotate() -> str:
    """Make a new signing key; returns its kid."""
    return str(ask("/admin/keys/rotate", f"Bearer {operator_key}", b"{}", "application/json")["kid"])


def check(keys: jwt.PyJWKClient, token: str) -> str:
    """The kid of the key by which the token's signature and claims hold, or the name of what is wrong."""
    try:
        key = keys.get_signing_key_from_jwt(token)
        jwt.decode(token, key, ALGORITHMS, audience=audience, issuer=issuer, options={"require": REQUIRED})
    except (jwt.PyJWKClientError, jwt.InvalidTokenError) as problem:
        return type(problem).__name__
    return str(key.key_id)


metadata = ask("/.well-known/oauth-authorization-server")
uri, audience = metadata["jwks_uri"], metadata["protected_resources"][0]
patient, eager = jwt.PyJWKClient(uri), jwt.PyJWKClient(uri, cooldown_duration=0)
before = buy()
kid = jwt.get_unverified_header(before)["kid"]
seen["checked"] = [check(patient, before) == kid, check(eager, before) == kid]
tampered = before[:-8] + "AAAAAAAA"
seen["tampered"] = check(patient, tampered)

new_kid = rotate()
after = buy()
seen["signs_with_the_new_key"] = jwt.get_unverified_header(after)["kid"] == new_kid != kid
seen["both_keys_are_published"] = {kid, new_kid} <= {each["kid"] for each in ask("/.well-known/jwks.json")["keys"]}
seen["overlap"] = [check(eager, before) == kid, check(eager, after) == new_kid]
# It has fetched the keys less than 30 s ago and does not ask again so soon: why a key is to be published ahead.
seen["who_does_not_ask_again_yet"] = [check(patient, before) == kid, check(patient, after)]
print(json.dumps(seen))
