"""Testers and visitors against a running range, over real HTTP.

Start a range, then this, in two terminals:

    leaklab serve range --data out/range
    locust -f loadtests/locustfile.py --headless --users 20 --spawn-rate 5 --run-time 1m

A closed workload: a user waits for each answer before the next request, so a slow range is asked less often. Strangers
of a real leak do not wait for each other; the lab (`leaklab run`) plays those.

Refusals that a response to a leak is meant to cause (401, 403, 429, 503 at the front end, 409 before approval) count
as successes under a name of their own, so that the exit code speaks of faults alone. Settings: LEAKLAB_CREDENTIALS
(the file that the range wrote), LEAKLAB_API_URL and LEAKLAB_PROXY_URL (other addresses than it names).
"""

from __future__ import annotations

import json
import logging
import os
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
from locust import HttpUser, between, events, task
from locust.env import Environment

EXPECTED_REFUSALS = {401, 403, 409, 429}
AT_THE_FRONT_END = {400, 409, 503}  # a full queue, no credentials left, one submission at a time
PROMPTS = cycle(("a lighthouse in fog", "two foxes on a roof", "rain on a tin drum", "a paper boat, slow pan"))
LOOPBACK = {"127.0.0.1", "localhost", "::1", "api", "proxy"}  # api and proxy: the names in docker-compose.yml
POLLS = 30  # looks at one clip before a user gives up

log = logging.getLogger("leaklab.load")


def credentials() -> dict[str, Any]:
    """What `leaklab serve range` wrote for its owner; leaves with a sentence where there is nothing to load."""
    path = Path(os.environ.get("LEAKLAB_CREDENTIALS", "out/range/credentials.json"))
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found["api_url"] = os.environ.get("LEAKLAB_API_URL") or found["api_url"]
        found["proxy_url"] = os.environ.get("LEAKLAB_PROXY_URL") or found["proxy_url"]
        found["access_token"] = found["tester"]["access_token"]
    except FileNotFoundError:
        raise SystemExit(f"{path} does not exist. Start a range: leaklab serve range --data {path.parent}") from None
    except (OSError, ValueError, KeyError, TypeError) as damage:
        raise SystemExit(f"{path} cannot be read ({damage!r}). Start the range again.") from None
    for url in (found["api_url"], found["proxy_url"]):
        if urlsplit(str(url)).hostname not in LOOPBACK:
            raise SystemExit(f"{url} is not on this machine. Load goes to a range of your own only.")
    return found


def _read_credentials(environment: Environment, **_: Any) -> None:  # noqa: ARG001 - Locust hands it over by name.
    found = credentials()
    TesterUser.host, TesterUser.access_token = found["api_url"], found["access_token"]
    VisitorUser.host = found["proxy_url"]
    log.info("Closed workload: every user waits for an answer before asking again.")


events.init.add_listener(_read_credentials)  # type: ignore[no-untyped-call]  # Locust leaves it so.


class TesterUser(HttpUser):
    """An early tester: submits a clip, polls until it ends, downloads it where that is allowed."""

    weight = 1
    wait_time = between(1, 5)
    access_token = ""

    @task
    def make_a_clip(self) -> None:
        """One clip from prompt to download."""
        order = {"prompt": next(PROMPTS), "seconds": "4"}
        video = self._ask("POST", "/v1/videos", "POST /v1/videos", json=order)
        for _ in range(POLLS):
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
        """The answer's JSON; None where it was refused or failed."""
        headers = {"Authorization": f"Bearer {self.access_token}"}
        with self.client.request(method, path, name=name, headers=headers, catch_response=True, **how) as answer:
            if answer.status_code in EXPECTED_REFUSALS:
                answer.request_meta["name"] = f"{name} (refused {answer.status_code})"
                answer.success()
                return None
            if not answer.ok:
                return None  # Locust counts it as a failure.
            return answer.json() if parse else {}


class VisitorUser(HttpUser):
    """A stranger at the public front end: most look and leave, some submit and come back until it ends."""

    weight = 4
    wait_time = between(2, 8)

    @task(4)
    def look(self) -> None:
        """The page, as somebody sees it who followed a link: a new visitor each time."""
        self.client.cookies.clear()
        self.client.get("/", name="GET / (visitor)")

    @task
    def submit(self) -> None:
        """A prompt, then a look at the place in the line until the clip is there."""
        self.client.cookies.clear()
        prompt = next(PROMPTS)
        form = {"prompt": prompt, "seconds": "5", "size": "480x360", "style": ""}
        name = "POST / (submit)"
        with self.client.post("/", data=form, headers=self._origin(), name=name, catch_response=True) as answer:
            if answer.status_code in AT_THE_FRONT_END:
                answer.request_meta["name"] = f"{name} (turned away {answer.status_code})"
                answer.success()
                return
            if not answer.ok:
                return
        for _ in range(POLLS):
            gevent.sleep(2.0)
            if self._place() not in ("waiting", "rendering"):
                return

    def _place(self) -> str | None:
        with self.client.get("/place.json", name="GET /place.json", catch_response=True) as answer:
            state = answer.json().get("state") if answer.ok else None
        return None if state is None else str(state)

    def _origin(self) -> dict[str, str]:
        """What a browser would send with a form."""
        return {"Origin": str(self.host)}
