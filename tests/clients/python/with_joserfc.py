"""What joserfc makes of everything we sign: access tokens, status lists, introspection.

Usage: with_joserfc.py ISSUER CLIENT_ID CLIENT_SECRET. Prints one JSON object of what it saw.

Nothing is switched off; algorithms are named because by itself it takes no EdDSA.
"""

from __future__ import annotations

import json
import sys
import zlib
from base64 import urlsafe_b64decode

import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry, Token

issuer, client_id, client_secret = sys.argv[1:4]
ALGORITHMS = ["EdDSA", "ES256", "RS256"]
CLIENT = (client_id, client_secret)
seen: dict[str, object] = {}

metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
audience = metadata["protected_resources"][0]
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())


def checked(text: str, typ: str, **claims: object) -> Token:
    """The token, its signature, type and claims being as they should."""
    token = jwt.decode(text, keys, algorithms=ALGORITHMS)
    assert token.header["typ"] == typ, token.header
    wanted = {name: {"essential": True} | ({} if value is None else {"value": value}) for name, value in claims.items()}
    JWTClaimsRegistry(**wanted).validate(token.claims)
    return token


def status_of(reference: dict[str, object]) -> int:
    """The status that the list gives for a token, read as the draft says (section 8.3)."""
    uri, index = str(reference["uri"]), int(str(reference["idx"]))
    answer = requests.get(uri, headers={"Accept": "application/statuslist+jwt"}, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    held = checked(answer.text, "statuslist+jwt", sub=uri, iat=None, exp=None).claims
    status_list = held["status_list"]
    encoded, bits = status_list["lst"], status_list["bits"]
    octets = zlib.decompress(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    place = index * bits
    return int((octets[place // 8] >> (place % 8)) & ((1 << bits) - 1))


grant = requests.post(metadata["token_endpoint"], {"grant_type": "client_credentials"}, auth=CLIENT, timeout=10).json()
access_token = grant["access_token"]
whose = {"iss": issuer, "aud": audience, "sub": client_id, "client_id": client_id}
token = checked(access_token, "at+jwt", **whose, exp=None, iat=None, jti=None)
seen["access_token"] = token.header["alg"]

asking = {"Accept": "application/token-introspection+jwt"}
question = {"token": access_token}
answer = requests.post(metadata["introspection_endpoint"], question, auth=CLIENT, headers=asking, timeout=10)
seen["introspected"] = [answer.status_code, answer.headers["Content-Type"]]
said = checked(answer.text, "token-introspection+jwt", iss=issuer, aud=client_id, iat=None)
told = said.claims["token_introspection"]
seen["told"] = [told["active"], told["jti"] == token.claims["jti"]]

reference = token.claims["status"]["status_list"]
seen["status_before"] = status_of(reference)
requests.post(metadata["revocation_endpoint"], question, auth=CLIENT, timeout=10).raise_for_status()
seen["status_after"] = status_of(reference)
aggregation = metadata["status_list_aggregation_endpoint"]
seen["aggregated"] = reference["uri"] in requests.get(aggregation, timeout=10).json()["status_lists"]
print(json.dumps(seen))
