"""Streams on the wire, as a receiver of signals uses them (SSF 1.0, RFC 8936)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import jwt
import pytest
from starlette.testclient import TestClient

from mock_api.core.errors import Invalid
from mock_api.web.push_targets import check_target

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
POLL = {"delivery": {"method": "urn:ietf:rfc:8936"}}


def admitted(house: Any, name: str = "a video site") -> TestClient:
    """A receiver with its key."""
    answer = house.operator.post("/admin/signal-receivers", json={"name": name})
    assert answer.status_code == 200, answer.text
    client: TestClient = house.client(answer.json()["receiver_key"])
    return client


def stream_of(receiver: TestClient, **form: Any) -> dict[str, Any]:
    """A new stream of the receiver's."""
    answer = receiver.post("/ssf/streams", json=form or POLL)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def polled(receiver: TestClient, stream: dict[str, Any], **form: Any) -> dict[str, Any]:
    answer = receiver.post(path_of(stream["delivery"]["endpoint_url"]), json={"returnImmediately": True, **form})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_discovery_names_every_endpoint(house: Any) -> None:
    answer = house.anybody.get("/.well-known/ssf-configuration")
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told["spec_version"] == "1_0"
    assert told["issuer"] == "https://leaklab.invalid"
    assert told["delivery_methods_supported"] == ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"]
    known = {path for path, _ in [(route.path, route) for route in house.app.routes]}
    for name in ("jwks_uri", "configuration_endpoint", "status_endpoint", "add_subject_endpoint",
                 "remove_subject_endpoint", "verification_endpoint"):
        assert path_of(told[name]) in known
    assert [] not in told.values()


def test_a_receiver_makes_reads_changes_and_deletes_its_stream(house: Any) -> None:
    receiver = admitted(house)
    stream = stream_of(receiver, **POLL, description="ours", events_requested=[f"{CAEP}session-revoked", "urn:else"])
    assert stream["events_delivered"] == [f"{CAEP}session-revoked"]
    assert stream["delivery"]["endpoint_url"].endswith("/poll")
    assert receiver.post("/ssf/streams", json=POLL).json()["error"]["code"] == "stream_exists"
    stream_id = {"stream_id": stream["stream_id"]}
    assert receiver.get("/ssf/streams", params=stream_id).json() == stream
    assert receiver.get("/ssf/streams").json() == [stream]
    changed = receiver.patch("/ssf/streams", json={**stream_id, "description": "still ours"}).json()
    assert (changed["description"], changed["events_delivered"]) == ("still ours", stream["events_delivered"])
    replaced = receiver.put("/ssf/streams", json={**stream_id, **POLL}).json()
    assert "description" not in replaced
    assert len(replaced["events_delivered"]) == 2
    assert receiver.delete("/ssf/streams", params=stream_id).status_code == 204
    assert receiver.get("/ssf/streams", params=stream_id).status_code == 404
    assert receiver.get("/ssf/streams").json() == []


def test_a_revocation_is_polled_verified_with_the_published_key_and_acknowledged(house: Any) -> None:
    receiver = admitted(house)
    stream = stream_of(receiver)
    body = {"scope": {"kind": "tester", "tester_id": house.tester_id}, "reason": "in a gist"}
    house.operator.post("/admin/revocations", json=body)
    found = polled(receiver, stream, maxEvents=1)
    assert found["moreAvailable"] is True
    ((jti, token),) = found["sets"].items()
    keys = jwt.PyJWKSet.from_dict(house.anybody.get("/.well-known/jwks.json").json())
    header = jwt.get_unverified_header(token)
    options: Any = {"verify_iat": False}
    claims = jwt.decode(
        token, keys[header["kid"]], [header["alg"]], audience=stream["aud"], issuer=stream["iss"], options=options
    )
    assert (header["typ"], claims["jti"]) == ("secevent+jwt", jti)
    assert claims["sub_id"] == {"format": "iss_sub", "iss": stream["iss"], "sub": house.tester_id}
    assert claims["events"][f"{CAEP}session-revoked"]["reason_admin"] == {"en": "in a gist"}
    rest = polled(receiver, stream, ack=[jti])["sets"]
    assert list(rest) == [f"{stream['stream_id']}.2"]
    errs = {next(iter(rest)): {"err": "invalid_key", "description": "who signs that?"}}
    assert polled(receiver, stream, setErrs=errs) == {"sets": {}, "moreAvailable": False}


def test_a_poll_of_no_events_only_acknowledges(house: Any) -> None:
    receiver = admitted(house)
    stream = stream_of(receiver)
    receiver.post("/ssf/verification", json={"stream_id": stream["stream_id"], "state": "x"})
    (jti,) = polled(receiver, stream)["sets"]
    answer = receiver.post(path_of(stream["delivery"]["endpoint_url"]), json={"maxEvents": 0, "ack": [jti]})
    assert answer.json()["sets"] == polled(receiver, stream)["sets"] == {}


async def test_a_poll_waits_for_the_first_signal(house: Any) -> None:
    receiver = admitted(house)
    stream = stream_of(receiver)
    transport = httpx2.ASGITransport(house.app)
    bearer = {"Authorization": str(receiver.headers["authorization"])}
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=bearer) as client:
        waiting = asyncio.create_task(client.post(path_of(stream["delivery"]["endpoint_url"]), json={}))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        house.authority.operator.reissue_key(house.tester_id, "operator")
        answer = await asyncio.wait_for(waiting, 5.0)
    assert len(answer.json()["sets"]) == 1


def test_status_and_subjects(house: Any) -> None:
    receiver = admitted(house)
    stream_id = stream_of(receiver)["stream_id"]
    said = receiver.post("/ssf/status", json={"stream_id": stream_id, "status": "paused", "reason": "moving"})
    assert said.json() == {"stream_id": stream_id, "status": "paused", "reason": "moving"}
    assert receiver.get("/ssf/status", params={"stream_id": stream_id}).json() == said.json()
    subject = {"format": "iss_sub", "iss": "https://leaklab.invalid", "sub": house.tester_id}
    named = {"stream_id": stream_id, "subject": subject}
    assert receiver.post("/ssf/subjects/remove", json=named).status_code == 204
    assert receiver.post("/ssf/subjects/add", json=named).status_code == 200
    foreign = {"stream_id": stream_id, "subject": {**subject, "iss": "https://example.org"}}
    assert receiver.post("/ssf/subjects/add", json=foreign).status_code == 404
    email = {"stream_id": stream_id, "subject": {"format": "email", "email": "ada@example.org"}}
    assert receiver.post("/ssf/subjects/add", json=email).status_code == 400


def test_a_stream_is_for_its_receiver_and_the_operator_alone(house: Any) -> None:
    receiver, other = admitted(house), admitted(house, "another site")
    stream = stream_of(receiver)
    stream_id = {"stream_id": stream["stream_id"]}
    for stranger in (house.anybody, house.tester):
        for answer in (
            stranger.get("/ssf/streams"), stranger.post("/ssf/streams", json=POLL),
            stranger.get("/ssf/status", params=stream_id), stranger.delete("/ssf/streams"),
            stranger.post(path_of(stream["delivery"]["endpoint_url"]), json={}),
            stranger.post("/ssf/verification", json=stream_id),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "receiver_key_invalid")
    assert other.get("/ssf/streams", params=stream_id).status_code == 404
    assert other.post(path_of(stream["delivery"]["endpoint_url"]), json={}).status_code == 404
    assert house.operator.get("/ssf/streams").json() == [stream]
    receivers = house.operator.get("/admin/signal-receivers").json()["data"]
    assert [each["name"] for each in receivers] == ["a video site", "another site"]
    assert house.operator.delete(f"/admin/signal-receivers/{receivers[0]['receiver_id']}").status_code == 200
    assert receiver.get("/ssf/streams").status_code == 401


def test_the_authorization_header_is_never_shown(house: Any) -> None:
    receiver = admitted(house)
    delivery = {
        "method": "urn:ietf:rfc:8935", "endpoint_url": "http://127.0.0.1:9/events",
        "authorization_header": "Bearer sesame",
    }
    stream = stream_of(receiver, delivery=delivery)
    assert stream["delivery"] == {"method": "urn:ietf:rfc:8935", "endpoint_url": "http://127.0.0.1:9/events"}
    receiver.patch("/ssf/streams", json={"stream_id": stream["stream_id"], "description": "mine"})
    house.authority.operator.reissue_key(house.tester_id, "operator")
    assert house.authority.deliveries.outgoing(stream["stream_id"]).authorization == "Bearer sesame"
    assert "sesame" not in house.operator.get("/admin/events?limit=1000").text


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:8080/events", "https://localhost/events", "http://[::1]/x", "http://127.9.9.9/",
    "https://receiver.example/events",
])
def test_signals_may_be_pushed_to_loopback_and_allowed_names(url: str) -> None:
    check_target(url, {"receiver.example"})


@pytest.mark.parametrize("url", [
    "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://example.org/", "http://0.0.0.0/",
    "http://2130706433/", "http://127.1/", "http://0x7f.1/", "http://[::ffff:10.0.0.1]/",
    "http://localhost.example.org/",
    "http://user:secret@127.0.0.1/", "http://127.0.0.1@example.org/", "http://127.0.0.1/#x", "file:///etc/passwd",
    "gopher://127.0.0.1/", "http://", "nonsense", "http://127.0.0.1:99999/", "http://[::1/",
    "http://127.0.0.1/\r\nX: y",
    "http://receiver.example.evil.example/",
])
def test_signals_are_pushed_nowhere_else(house: Any, url: str) -> None:
    with pytest.raises(Invalid):
        check_target(url, {"receiver.example"})
    receiver = admitted(house)
    delivery = {"method": "urn:ietf:rfc:8935", "endpoint_url": url}
    assert receiver.post("/ssf/streams", json={"delivery": delivery}).status_code == 400
