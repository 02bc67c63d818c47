"""What a real client does, start to end. Runs in an environment that holds the OpenAI SDK and nothing of ours.

Usage: conversation.py BASE_URL ACCESS_TOKEN ADMIN_URL OPERATOR_KEY. Prints one JSON object of what it saw.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from urllib.request import ProxyHandler, Request, build_opener

warnings.simplefilter("ignore", DeprecationWarning)  # The SDK deprecates `videos`; the wire is what counts here.

from openai import (  # noqa: E402
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    OpenAI,
)

base_url, access_token, admin_url, operator_key = sys.argv[1:]
client = OpenAI(base_url=base_url, api_key=access_token, _strict_response_validation=True, max_retries=0)
seen: dict[str, object] = {}


def operator(path: str, body: dict[str, object]) -> None:
    """Ask the operator API, without the SDK."""
    headers = {"Authorization": f"Bearer {operator_key}", "Content-Type": "application/json"}
    request = Request(admin_url + path, data=json.dumps(body).encode(), headers=headers, method="POST")
    build_opener(ProxyHandler({})).open(request, timeout=10).read()


def wait_until_held(video_id: str) -> None:
    """Wait until there is an output and somebody has to agree to it."""
    for _ in range(100):
        video = client.videos.retrieve(video_id)
        if video.model_extra["approval"]["state"] == "held":
            return
        time.sleep(0.1)
    raise SystemExit(f"{video_id} was never held: {video}")


def approve(video_id: str) -> None:
    """Agree that the output leaves."""
    operator(f"/admin/approvals/{video_id}/claim", {"reviewer": "sdk"})
    operator(f"/admin/approvals/{video_id}/approve", {"reviewer": "sdk"})


def refusal(kind: type[APIStatusError], call: Callable[[], object]) -> list[object]:
    """The status and code with which `call` is refused."""
    try:
        call()
    except kind as error:
        return [error.status_code, error.code, error.request_id is not None]
    raise SystemExit(f"{kind.__name__} was expected")


video = client.videos.create(prompt="a lighthouse in fog", model="mock-video-1", seconds="4", size="1280x720")
seen["created"] = [video.status, video.model, video.seconds, video.size]
seen["download_before_render"] = refusal(ConflictError, lambda: client.videos.download_content(video.id))
wait_until_held(video.id)
seen["download_before_approval"] = refusal(ConflictError, lambda: client.videos.download_content(video.id))
approve(video.id)
seen["polled"] = client.videos.poll(video.id, poll_interval_ms=100).status

for variant in ("video", "thumbnail", "spritesheet"):
    content = client.videos.download_content(video.id, variant=variant)
    seen[variant] = [content.response.headers["content-type"], len(content.read()) > 200]

with open(__file__, "rb") as reference:
    referenced = client.videos.create(prompt="with a reference", input_reference=("still.png", reference, "image/png"))
seen["with_file"] = referenced.status
remixed = client.videos.remix(video.id, prompt="the same at night")
seen["remixed_from"] = remixed.remixed_from_video_id == video.id

made = {video.id, referenced.id, remixed.id, *(client.videos.create(prompt=f"clip {n}").id for n in range(4))}
listed = [item.id for item in client.videos.list(limit=2)]
seen["pagination"] = [len(listed) == len(set(listed)), made <= set(listed)]

wait_until_held(referenced.id)
approve(referenced.id)
client.videos.poll(referenced.id, poll_interval_ms=100)
seen["deleted"] = client.videos.delete(referenced.id).deleted
seen["after_delete"] = refusal(NotFoundError, lambda: client.videos.retrieve(referenced.id))
seen["bad_seconds"] = refusal(BadRequestError, lambda: client.videos.create(prompt="x", seconds="7"))
stranger = client.with_options(api_key="not-a-token")
seen["bad_token"] = refusal(AuthenticationError, lambda: stranger.videos.retrieve(video.id))

operator("/admin/revocations", {"scope": {"kind": "token", "token": access_token}, "reason": "leaked"})
seen["after_revocation"] = refusal(AuthenticationError, lambda: client.videos.poll(video.id))
print(json.dumps(seen))
