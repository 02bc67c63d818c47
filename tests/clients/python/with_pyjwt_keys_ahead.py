"""What PyJWT's PyJWKClient does while a revocation changes the keys: one is published ahead, one leaves the set.

Usage: with_pyjwt_keys_ahead.py ISSUER CLIENT_ID CLIENT_SECRET OPERATOR_KEY. Prints one JSON object of what it saw.

Nothing is switched off: it takes plain http.
"""

from __future__ import annotations

import json
import sys
import time
from base64 import b64encode
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import jwt

issuer, client_id, client_secret, operator_key = sys.argv[1:]
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


def revoke(token: str) -> None:
    """Revoke the token: under this enforcement the signing key changes."""
    body = json.dumps({"scope": {"kind": "token", "token": token}, "reason": "leaked"}).encode()
    ask("/admin/revocations", f"Bearer {operator_key}", body, "application/json")


def check(keys: jwt.PyJWKClient, token: str) -> str:
    """The kid of the key by which the signature holds, or the name of what is wrong."""
    try:
        key = keys.get_signing_key_from_jwt(token)
        jwt.decode(token, key, ["ES256"], audience=audience, issuer=issuer)
    except (jwt.PyJWKClientError, jwt.InvalidTokenError) as problem:
        return type(problem).__name__
    return str(key.key_id)


def published() -> set[str]:
    """The kids of our key set."""
    return {each["kid"] for each in ask("/.well-known/jwks.json")["keys"]}


metadata = ask("/.well-known/oauth-authorization-server")
uri, audience = metadata["jwks_uri"], metadata["protected_resources"][0]
leaked = buy()
kid = jwt.get_unverified_header(leaked)["kid"]
usual, brief = jwt.PyJWKClient(uri), jwt.PyJWKClient(uri, lifespan=1)
seen["checked"] = check(usual, leaked) == check(brief, leaked) == kid

revoke(leaked)
after = buy()
new_kid = jwt.get_unverified_header(after)["kid"]
seen["signs_with_a_key_published_ahead"] = [new_kid != kid, check(usual, after) == new_kid]
for _ in range(50):
    if kid not in published():
        break
    time.sleep(0.2)
seen["the_old_key_is_gone"] = kid not in published()
time.sleep(1.1)
seen["a_new_client"] = check(jwt.PyJWKClient(uri), leaked)
seen["one_that_trusts_for_a_second"] = check(brief, leaked)
seen["one_that_trusts_for_five_minutes"] = check(usual, leaked) == kid
try:
    ask("/v1/videos", f"Bearer {leaked}")
except HTTPError as refusal:
    seen["the_api"] = refusal.code
print(json.dumps(seen))
