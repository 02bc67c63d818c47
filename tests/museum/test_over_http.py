"""What a card says to look for is there to be seen, over HTTP, by who has nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from mock_api.core import museum
from mock_api.core.enforcement import KeyRotation, Pull
from mock_api.core.issuance import Applicant
from mock_api.core.policy import ExhibitName, Quota, Refresh
from mock_api.core.token_exchange import TESTER_KEY, Exchange
from mock_api.gate.process import Parts, Place
from mock_api.gate.settings import GateLimits
from mock_api.http.gate_settings import GateSettings
from tests.mock_api.gate.conftest import Build, Scripted, eventually, site
from tests.mock_api.web.conftest import POLICY, House

__all__ = ["site"]  # A fixture of the gate's own tests.


def a_house(*exhibits: ExhibitName, **knobs: Any) -> House:
    """An API in which the exhibits are on."""
    return House(replace(POLICY, exhibits=exhibits, **knobs))


def look(somebody: TestClient) -> str:
    """What comes of a request: the status, or the code of the refusal."""
    answer = somebody.get("/v1/videos")
    return "200" if answer.status_code == 200 else str(answer.json()["error"]["code"])


def revoke(house: House, **scope: object) -> None:
    answer = house.operator.post("/admin/revocations", json={"scope": scope, "reason": "leaked"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("exhibits", "seen"), [((), "token_revoked"), (("older-cutoff-wins",), "200")])
def test_an_old_cutoff_hides_a_newer_one(exhibits: tuple[ExhibitName, ...], seen: str) -> None:
    house = a_house(*exhibits)
    revoke(house, kind="issued_before", instant=house.clock.at - 1000.0)
    house.clock.at += 60.0
    revoke(house, kind="tester", tester_id=house.tester_id)
    assert look(house.tester) == seen


@pytest.mark.parametrize(("exhibits", "seen"), [((), "token_revoked"), (("verdict-cached-past-revocation",), "200")])
def test_a_token_that_was_used_lately_outlives_its_revocation(exhibits: tuple[ExhibitName, ...], seen: str) -> None:
    house = a_house(*exhibits)
    other = house.client(house.token(house.tester_id, house.tester_key))
    assert look(house.tester) == "200"
    revoke(house, kind="tester", tester_id=house.tester_id)
    assert (look(house.tester), look(other)) == (seen, "token_revoked")
    house.clock.at += 900.0
    assert look(house.tester) == "token_revoked"


@pytest.mark.parametrize(
    ("exhibits", "seen"),
    [((), ["token_expired", "token_expired"]), (("expiry-only-at-cleanup",), ["200", "token_unknown"])],
)
def test_an_expired_token_works_until_the_next_one_is_bought(
    exhibits: tuple[ExhibitName, ...], seen: list[str]
) -> None:
    house = a_house(*exhibits)
    house.clock.at += house.authority.policy.token_lifetime + 1.0
    before = look(house.tester)
    house.token(house.tester_id, house.tester_key)
    assert [before, look(house.tester)] == seen


@pytest.mark.parametrize(("exhibits", "at_once"), [((), 5), (("state-race",), 10)])
def test_twice_as_many_requests_at_once_are_all_let_in(exhibits: tuple[ExhibitName, ...], at_once: int) -> None:
    house = a_house(*exhibits, quota=Quota(requests_per_minute=5))
    assert [look(house.tester) for _ in range(10)].count("200") == at_once
    house.clock.at += 61.0
    seen = []
    for _ in range(10):
        house.clock.at += 0.1
        seen.append(look(house.tester))
    assert seen.count("200") == 5


@pytest.mark.parametrize(
    ("exhibits", "seen"), [((), ["token_revoked", "token_revoked"]), (("refresh-race",), ["200", "200"])]
)
def test_one_refresh_token_buys_twice_at_once(exhibits: tuple[ExhibitName, ...], seen: list[str]) -> None:
    house = a_house(*exhibits, refresh=Refresh())
    first, auth = a_pair(house), (house.tester_id, house.tester_key)
    form = {"grant_type": "refresh_token", "refresh_token": first}
    answers = [house.anybody.post("/oauth/token", data=form, auth=auth) for _ in range(2)]
    bought = [answer.json()["access_token"] for answer in answers if answer.status_code == 200]
    works = [look(house.client(token)) for token in bought]
    assert works == seen[: len(bought)]
    assert len(bought) == (2 if exhibits else 1)


@pytest.mark.parametrize(("exhibits", "revocations"), [((), 1), (("per-row-family-sweep",), 22)])
def test_a_reuse_leaves_a_revocation_for_every_member(exhibits: tuple[ExhibitName, ...], revocations: int) -> None:
    house = a_house(*exhibits, refresh=Refresh())
    first = token = a_pair(house)
    auth = house.tester_id, house.tester_key
    for _ in range(20):
        house.clock.at += 1.0
        form = {"grant_type": "refresh_token", "refresh_token": token}
        token = house.anybody.post("/oauth/token", data=form, auth=auth).json()["refresh_token"]
    reuse = {"grant_type": "refresh_token", "refresh_token": first}
    assert house.anybody.post("/oauth/token", data=reuse, auth=auth).json()["error"] == "invalid_grant"
    assert len(house.operator.get("/admin/revocations").json()["data"]) == revocations


@pytest.mark.server
@pytest.mark.parametrize("exhibits", [(), ("lock-ignored-by-open-streams",)])
async def test_a_stream_is_cut_off_or_comes_to_its_end(site: Build, exhibits: tuple[ExhibitName, ...]) -> None:
    revoked = asyncio.Event()

    async def script(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"video/mp4")]})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await revoked.wait()
        await asyncio.sleep(0.3)
        await send({"type": "http.response.body", "body": b"after"})

    often = GateLimits(judge_again=0.05, report_every=0.02)
    here = await site(Pull(every=5.0), upstream=Scripted(script), limits=often)
    museum.hang_at_gate(here.parts.point, exhibits)
    async with here.client.stream("GET", f"{here.gate}/v1/videos", headers=here.bearer) as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"
        await here.revoke()
        here.house.clock.at += 5.0
        await eventually(lambda: str(here.parts.point.view.version).endswith(".1"))
        revoked.set()
        if exhibits:
            assert [piece async for piece in pieces] == [b"after"]
        else:
            with pytest.raises(httpx2.RemoteProtocolError):
                await anext(pieces)
    assert (await here.get()).status_code == 401


@pytest.mark.server
@pytest.mark.parametrize(("exhibits", "status"), [((), 401), (("removed-key-still-cached",), 200)])
async def test_a_removed_key_is_refused_or_good_for_ever(
    site: Build, exhibits: tuple[ExhibitName, ...], status: int
) -> None:
    here = await site(KeyRotation(max_age=5.0, timeout=1.0), upstream=Scripted())
    museum.hang_at_gate(here.parts.point, exhibits)
    assert (await here.get()).status_code == 200
    await here.revoke(kind="key", kid=here.house.authority.gates.cutoffs().feed)
    here.house.clock.at += 100.0
    await asyncio.sleep(1.2)  # The gate looks once a second what it wants.
    assert (await here.get()).status_code == status


def test_the_authority_tells_its_gates_what_to_be_wrong_in() -> None:
    house = a_house("lock-ignored-by-open-streams", enforcement=KeyRotation())
    key = house.authority.operator.ensure_gate_key()
    told = house.client(key).get("/gates/settings").json()
    assert told["exhibits"] == ["lock-ignored-by-open-streams"]


def test_a_gate_is_wrong_in_what_it_is_told() -> None:
    wrong: tuple[ExhibitName, ...] = ("lock-ignored-by-open-streams", "removed-key-still-cached")
    here = "http://a.test"
    place = Place(name="gate-1", url=here, authority=here, upstream=here, gate_key="k")
    house = House()
    for exhibits in ((), wrong):
        settings = GateSettings("i", "a", KeyRotation(), 3600.0, "key_1", 0.5, house.clock.at, exhibits=exhibits)
        parts = Parts(place, settings, KeyRotation(), house.clock)
        hung = [type(part) for part in (parts.point, parts.point.view)]
        assert [kind in [museum.EXHIBITS[name].wrong for name in wrong] for kind in hung] == [bool(exhibits)] * 2


def a_pair(house: House) -> str:
    """The refresh token of a new family."""
    exchange = Exchange(house.tester_key, TESTER_KEY)
    grant = house.authority.client.exchange(Applicant(None, None, "192.0.2.7 curl/8"), exchange)
    return str(grant.refresh_token)
