"""Signals from a real server to a real receiver: told at once, and told still after `kill -9` (at least once)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any

import httpx2
import jwt
import pytest

from tests.e2e.running import RunningRange, client, eventually, running, start
from tests.signal_receiver import SignalReceiver, receiving, verified

LIVES = 8  # how often the server is killed

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture
def receiver() -> Iterator[SignalReceiver]:
    with receiving() as started:
        yield started


def operator(server: RunningRange) -> httpx2.Client:
    credentials = server.credentials
    return client(credentials["api_url"], credentials["operator_key"])


def pushed(server: RunningRange, receiver: SignalReceiver) -> tuple[str, dict[str, Any]]:
    """The key of a new receiver, and its stream, which is pushed."""
    with operator(server) as http:
        key = http.post("/admin/signal-receivers", json={"name": "a video site"}).json()["receiver_key"]
    delivery = {"method": "urn:ietf:rfc:8935", "endpoint_url": receiver.url, "authorization_header": "Bearer sesame"}
    with client(server.credentials["api_url"], key) as http:
        made = http.post("/ssf/streams", json={"delivery": delivery})
        assert made.status_code == 201, made.text
        return key, made.json()


def revoke(server: RunningRange) -> None:
    """Revoke the tester of the credentials file: two signals."""
    scope = {"kind": "tester", "tester_id": server.credentials["tester"]["tester_id"]}
    with operator(server) as http:
        assert http.post("/admin/revocations", json={"scope": scope, "reason": "in a gist"}).status_code == 200


def keys_of(server: RunningRange) -> dict[str, Any]:
    with client(server.credentials["api_url"]) as http:
        jwks: dict[str, Any] = http.get("/.well-known/jwks.json").json()
        return jwks


def test_a_revocation_is_pushed_at_once_and_verifies(tmp_path: Path, receiver: SignalReceiver) -> None:
    with running(tmp_path / "range", "api") as server:
        _, stream = pushed(server, receiver)
        revoke(server)
        eventually(lambda: len(receiver.taken) == 2)
        session, credential = receiver.claims(keys_of(server), stream["aud"])
        assert server.stop() == 0
    assert next(iter(session["events"])).endswith("/session-revoked")
    assert next(iter(credential["events"])).endswith("/credential-change")
    assert session["txn"] == credential["txn"]
    assert receiver.headers[0]["Authorization"] == "Bearer sesame"


def test_what_was_not_taken_before_kill_9_is_pushed_after_the_restart(
    tmp_path: Path, receiver: SignalReceiver
) -> None:
    receiver.fail(503, 10_000)
    server = start(tmp_path / "range", "api")
    _, stream = pushed(server, receiver)
    revoke(server)
    eventually(lambda: receiver.came)
    server.kill()
    assert receiver.taken == []
    before = receiver.came[0]
    receiver.script.clear()
    if server.process.stdout is not None:
        server.process.stdout.close()
    with running(tmp_path / "range", "api") as again:
        eventually(lambda: len(receiver.taken) >= 2)
        keys = keys_of(again)
    jtis = [verified(token, keys, stream["aud"])["jti"] for token in receiver.taken]
    assert jtis[:2] == [f"{stream['stream_id']}.1", f"{stream['stream_id']}.2"]
    assert verified(before, keys, stream["aud"]) == verified(receiver.taken[0], keys, stream["aud"])


def test_what_was_taken_is_not_pushed_again_after_a_restart(tmp_path: Path, receiver: SignalReceiver) -> None:
    with running(tmp_path / "range", "api") as server:
        key, stream = pushed(server, receiver)
        revoke(server)
        eventually(lambda: len(receiver.taken) == 2)
        with client(server.credentials["api_url"], key) as http:  # Its answer waits for the disk, and so for the rest.
            http.post("/ssf/verification", json={"stream_id": stream["stream_id"], "state": "a"})
        eventually(lambda: len(receiver.taken) == 3)
        assert server.stop() == 0
    with running(tmp_path / "range", "api") as again:
        with client(again.credentials["api_url"], key) as http:
            http.post("/ssf/verification", json={"stream_id": stream["stream_id"], "state": "b"})
        eventually(lambda: len(receiver.taken) >= 4)
        keys = keys_of(again)
    jtis = [verified(token, keys, stream["aud"])["jti"] for token in receiver.taken]
    assert jtis == [f"{stream['stream_id']}.{number}" for number in (1, 2, 3, 4)]


def test_a_poll_that_waits_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with running(tmp_path / "range", "api") as server:
        with operator(server) as http:
            made = http.post("/ssf/streams", json={"delivery": {"method": "urn:ietf:rfc:8936"}}).json()
            url = made["delivery"]["endpoint_url"]
            assert url.startswith(server.credentials["api_url"])
            with pytest.raises(httpx2.TimeoutException):
                http.post(url, json={}, timeout=0.5)
        assert server.stop() == 0
        assert "Traceback" not in server.said


def test_no_acknowledged_revocation_goes_untold_however_often_the_server_is_killed(
    tmp_path: Path, receiver: SignalReceiver
) -> None:
    luck, acknowledged, data = Random(3), set[str](), tmp_path / "range"
    audience = ""
    for life in range(LIVES):
        server = start(data, "api")
        try:
            if life == 0:
                _, stream = pushed(server, receiver)
                audience = stream["aud"]
            acknowledged |= _revoke_until_killed(server, luck)
        finally:
            server.kill()
            if server.process.stdout is not None:
                server.process.stdout.close()
    with running(data, "api") as server:
        keys = keys_of(server)

        def told() -> set[str]:
            return {verified(token, keys, audience)["sub_id"].get("jti", "") for token in receiver.taken}

        eventually(lambda: acknowledged <= told())
    by_name: dict[str, dict[str, Any]] = {}
    for token in receiver.came:
        claims = verified(token, keys, audience)
        assert by_name.setdefault(claims["jti"], claims) == claims, "one name for two signals"
    assert len(acknowledged) > LIVES


def _revoke_until_killed(server: RunningRange, luck: Random) -> set[str]:
    """Buy and revoke tokens until the server is killed; the ids whose revocation was acknowledged."""
    revoked: set[str] = set()
    tester = server.credentials["tester"]
    form = {"grant_type": "client_credentials", "client_id": tester["tester_id"], "client_secret": tester["tester_key"]}
    killing = Timer(luck.uniform(0.05, 0.6), server.process.kill)
    killing.start()
    try:
        with operator(server) as http, client(server.credentials["api_url"]) as buyer:
            while True:
                token = buyer.post("/oauth/token", data=form).json()["access_token"]
                scope = {"kind": "token", "jti": jwt.decode(token, options={"verify_signature": False})["jti"]}
                if http.post("/admin/revocations", json={"scope": scope, "reason": "leaked"}).status_code == 200:
                    revoked.add(scope["jti"])
    except httpx2.TransportError:
        return revoked
    finally:
        killing.join()
