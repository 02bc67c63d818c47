"""Testers and visitors against a running range, over real HTTP.

Start a range, then this, in two terminals:

    leaklab serve range --data out/range
    locust -f loadtests/locustfile.py --headless --users 20 --spawn-rate 5 --run-time 1m

Closed workload: a user waits for each answer before the next request. Refusals that a leak response is meant to cause
(401, 403, 429, and 409 before approval) are counted as successes under a name of their own, so that the exit code
speaks of faults alone. Settings: LEAKLAB_CREDENTIALS (path), LEAKLAB_API_URL, LEAKLAB_PROXY_URL.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import choice  # noqa: TID251 - load is not replayed.
from typing import Any
from urllib.parse import urlsplit

import gevent
from locust import HttpUser, between, events, task
from locust.env import Environment

EXPECTED_REFUSALS = {401, 403, 409, 429}
PROMPTS = ("a lighthouse in fog", "two foxes on a roof", "rain on a tin drum", "a paper boat, slow pan")
LOOPBACK = {"127.0.0.1", "localhost", "::1", "api", "proxy"}  # api and proxy: the names in docker-compose.yml


def credentials() -> dict[str, Any]:
    """What `leaklab serve range` wrote for its owner."""
    path = Path(os.environ.get("LEAKLAB_CREDENTIALS", "out/range/credentials.json"))
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SystemExit(f"{path} does not exist. Start a range first: leaklab serve range --data {path.parent}") from None
    found["api_url"] = os.environ.get("LEAKLAB_API_URL", found["api_url"])
    found["proxy_url"] = os.environ.get("LEAKLAB_PROXY_URL", found["proxy_url"])
    for url in (found["api_url"], found["proxy_url"]):
        if urlsplit(url).hostname not in LOOPBACK:
            raise SystemExit(f"{url} is not on this machine. Load goes to a range of your own only.")
    return found


@events.init.add_listener
def _read_credentials(environment: Environment, **_: Any) -> None:
    found = credentials()
    TesterUser.host, TesterUser.access_token = found["api_url"], found["tester"]["access_token"]
    VisitorUser.host = found["proxy_url"]


class TesterUser(HttpUser):
    """An early tester: submits a clip, polls until it ends, downloads it where that is allowed."""

    weight = 1
    wait_time = between(1, 5)
    access_token = ""

    @task
    def make_a_clip(self) -> None:
        """One clip from prompt to download."""
        video = self._ask("POST", "/v1/videos", "POST /v1/videos", json={"prompt": choice(PROMPTS), "seconds": "4"})
        for _ in range(30):
            if video is None or video["status"] not in ("queued", "in_progress"):
                break
            gevent.sleep(1.0)
            video = self._ask("GET", f"/v1/videos/{video['id']}", "GET /v1/videos/{id}")
        if video is not None and video["status"] == "completed":
            self._ask("GET", f"/v1/videos/{video['id']}/content", "GET /v1/videos/{id}/content", parse=False)

    @task(3)
    def look_at_the_list(self) -> None:
        """The newest clips."""
        self._ask("GET", "/v1/videos?limit=20", "GET /v1/videos")

    def _ask(self, method: str, path: str, name: str, *, parse: bool = True, **how: Any) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.access_token}"}
        with self.client.request(method, path, name=name, headers=headers, catch_response=True, **how) as answer:
            if answer.status_code in EXPECTED_REFUSALS:
                answer.request_meta["name"] = f"{name} refused {answer.status_code}"
                answer.success()
                return None
            if not answer.ok:
                return None
            return answer.json() if parse else {}


class VisitorUser(HttpUser):
    """A stranger at the public front end: most look and leave, some submit and come back until it ends."""

    weight = 4
    wait_time = between(2, 8)

    @task(9)
    def look(self) -> None:
        """The page, as somebody sees it who followed a link."""
        self.client.cookies.clear()
        self.client.get("/", name="GET / (visitor)")

    @task
    def submit(self) -> None:
        """A prompt, then a look at the page every 5 s for up to two minutes."""
        form = {"prompt": choice(PROMPTS), "seconds": "5", "size": "480x360", "style": ""}
        origin = {"Origin": str(self.host)}
        with self.client.post("/", data=form, headers=origin, name="POST / (submit)", catch_response=True) as answer:
            if answer.status_code in EXPECTED_REFUSALS | {503}:
                answer.success()
                return
        for _ in range(24):
            gevent.sleep(5.0)
            place = self.client.get("/place.json", name="GET /place.json").json()
            if place.get("state") not in ("waiting", "rendering"):
                return
