"""The OpenAI SDK's workload identity against our token endpoint. Runs where the SDK is, and nothing of ours.

Usage: workload.py API_URL SUBJECT_TOKEN TESTER_ID OPERATOR_KEY. Prints one JSON object of what it saw.
"""

from __future__ import annotations

import json
import sys
import warnings
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

warnings.simplefilter("ignore", DeprecationWarning)  # The SDK deprecates `videos`; the wire is what counts here.

from openai import OAuthError, OpenAI  # noqa: E402

url, subject_token, tester_id, operator_key = sys.argv[1:]
exchanges: list[str] = []
seen: dict[str, object] = {}


def subject() -> str:
    """Our own access token stands for what a workload has: a JWT that is exchanged."""
    exchanges.append(subject_token)
    return subject_token


def revoke(token: str) -> None:
    """Revoke a token as the operator (RFC 7009)."""
    request = Request(
        url + "/oauth/revoke", data=urlencode({"token": token}).encode(), method="POST",
        headers={"Authorization": f"Bearer {operator_key}"},
    )
    build_opener(ProxyHandler({})).open(request, timeout=10).read()


client = OpenAI(
    base_url=url + "/v1", max_retries=0,
    workload_identity={
        "identity_provider_id": "idp_leaklab", "service_account_id": tester_id,
        "provider": {"token_type": "jwt", "get_token": subject},
    },
)
auth = client._workload_identity_auth
auth.token_exchange_url = url + "/oauth/token"  # The SDK offers no other way.

video = client.videos.create(prompt="a lighthouse in fog")
seen["retrieved"] = client.videos.retrieve(video.id).id == video.id
seen["one_exchange_for_both"] = len(exchanges)

revoke(auth.get_token())
seen["goes_on_after_its_token_was_revoked"] = client.videos.retrieve(video.id).id == video.id
seen["by_exchanging_again"] = len(exchanges)

revoke(subject_token)
for _ in range(2):
    try:
        client.videos.retrieve(video.id)
    except OAuthError as error:
        seen["ends_with_its_subject"] = [error.status_code, error.error]
seen["exchanges"] = len(exchanges)
print(json.dumps(seen))
