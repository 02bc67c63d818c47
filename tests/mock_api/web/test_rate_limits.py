"""RateLimit headers: true, and in step with Retry-After."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mock_api.core.policy import Quota
from mock_api.web import WebSettings
from tests.mock_api.web.conftest import POLICY, House

NAMES = {"ratelimit", "ratelimit-policy"}


def with_quota(**quota: int) -> House:
    return House(replace(POLICY, quota=Quota(**quota)))


def test_what_is_left_counts_down_and_comes_back() -> None:
    house = with_quota(requests_per_minute=3)
    for left in (2, 1, 0):
        answer = house.tester.get("/v1/videos")
        assert answer.headers["ratelimit-policy"] == '"requests";q=3;w=60'
        assert answer.headers["ratelimit"] == f'"requests";r={left};t={60 - 10 * (2 - left)}'
        house.clock.at += 10.0
    refused = house.tester.get("/v1/videos")
    assert refused.status_code == 429
    assert (refused.headers["ratelimit"], refused.headers["retry-after"]) == ('"requests";r=0;t=30', "30")
    house.clock.at += 30.0
    assert house.tester.get("/v1/videos").headers["ratelimit"] == '"requests";r=0;t=10'


def test_refusals_tell_it_as_well_once_the_tester_is_known() -> None:
    house = with_quota(requests_per_minute=5)
    assert house.tester.get("/v1/videos/video_0").headers["ratelimit"] == '"requests";r=4;t=60'
    house.clock.at += 100.0
    house.operator.post("/admin/suspensions", json={"scope": {"kind": "all"}, "seconds": 60})
    suspended = house.tester.get("/v1/videos")
    assert (suspended.status_code, suspended.headers["ratelimit"]) == (403, '"requests";r=5;t=0')


@pytest.mark.parametrize("bearer", [None, "x", "ey.a.b"])
def test_strangers_are_told_nothing(house: Any, bearer: str | None) -> None:
    assert not NAMES & set(house.client(bearer).get("/v1/videos").headers)
    assert not NAMES & set(house.operator.get("/admin/testers").headers)


def test_a_refusal_by_another_quota_is_not_contradicted() -> None:
    house = with_quota(renders_per_day=1)
    house.video()
    refused = house.tester.post("/v1/videos", json={"prompt": "more"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "quota_exhausted")
    assert refused.headers["ratelimit-policy"] == '"requests";q=600;w=60'
    assert "ratelimit" not in refused.headers


def test_a_throttled_tester_is_told_the_narrower_rate(house: Any) -> None:
    for _ in range(4):
        house.tester.get("/v1/videos")
    house.operator.post("/admin/throttles", json={"tester_id": house.tester_id, "requests_per_minute": 2})
    refused = house.tester.get("/v1/videos")
    assert (refused.headers["ratelimit-policy"], refused.headers["ratelimit"]) == (
        '"requests";q=2;w=60', '"requests";r=0;t=60'
    )
    assert refused.headers["retry-after"] == "60"


def test_the_headers_can_be_left_out() -> None:
    house = House(settings=WebSettings(knock=False, rate_limits=False))
    assert not NAMES & set(house.tester.get("/v1/videos").headers)
