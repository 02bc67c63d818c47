"""A whole API in process: real authority, journal in memory, virtual time, a client for each who knocks."""

from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from mock_api.core.authority import Authority, Surroundings
from mock_api.core.policy import Approval, Policy, Quota, RenderModel
from mock_api.journal import MemoryJournal
from mock_api.web import WebSettings, create_app

START = 4_102_444_800.0  # 2100-01-01: code that reads the wall clock by mistake fails loudly.


class HandClock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> float:
        return self.at


class Chance:
    """Streams, ids and secrets that repeat."""

    def __init__(self) -> None:
        self._streams: dict[str, Random] = {}
        self._numbers = 0

    def stream(self, name: str) -> Random:
        return self._streams.setdefault(name, Random(name))

    def new(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}_{self._numbers:06d}"

    def token_bytes(self, count: int) -> bytes:
        return self.stream("secrets").randbytes(count)


class Safe:
    """A vault in memory."""

    def __init__(self) -> None:
        self.secrets: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.secrets.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self.secrets[name] = secret


POLICY = Policy(
    name="test", approval=Approval(mode="none"),
    quota=Quota(requests_per_minute=100_000, renders_per_day=100_000, concurrent_renders=1000),
    renders=RenderModel(moderation_share=0.0, service_sigma=0.0, seconds_per_clip_second=1.0),
)


class House:
    """The API with everybody who knocks at it."""

    def __init__(self, policy: Policy = POLICY, settings: WebSettings | None = None) -> None:
        chance = Chance()
        self.clock, self.vault, self.journal = HandClock(), Safe(), MemoryJournal()
        self.authority = Authority(
            Surroundings(clock=self.clock, streams=chance, ids=chance, secrets=chance, vault=self.vault),
            self.journal,
        )
        key = self.authority.operator.ensure_operator_key()
        assert key is not None
        self.operator_key = key
        self.authority.open(policy)
        self.app = create_app(self.authority, self.journal, settings or WebSettings(knock=False))
        self.operator = self.client(key)
        invited = self.authority.operator.invite("Ada", "artists", by="test")
        self.tester_id, self.tester_key = invited.tester_id, invited.tester_key
        self.access_token = self.token(invited.tester_id, invited.tester_key)
        self.tester = self.client(self.access_token)
        self.anybody = self.client(None)

    def client(self, bearer: str | None) -> TestClient:
        """Somebody with this bearer credential."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return TestClient(self.app, headers=headers)

    def token(self, tester_id: str, tester_key: str) -> str:
        """A fresh access token."""
        return self.authority.public.issue_access_token(tester_id, tester_key, None, "test").access_token

    def video(self, **fields: str) -> str:
        """The id of a freshly ordered video."""
        answer = self.tester.post("/v1/videos", json={"prompt": "A lighthouse", **fields})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def finished_video(self) -> str:
        """The id of a video whose render has finished."""
        video_id = self.video()
        self.clock.at += 60.0
        return video_id


@pytest.fixture
def house() -> House:
    """A house whose outputs need no approval."""
    return House()


@pytest.fixture
def held() -> House:
    """A house that holds outputs for approval."""
    return House(replace(POLICY, approval=Approval(mode="hold")))


@pytest.fixture(scope="module")
def shared_house() -> House:
    """One house for a whole module: for tests that leave it in whatever state."""
    return House()
