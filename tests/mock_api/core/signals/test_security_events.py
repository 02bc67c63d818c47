"""Which of our events is told, about whom, and in which words (SSF 1.0, CAEP 1.0)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from mock_api.core.errors import Refusal
from mock_api.core.events.signals import POLL, StreamSettings
from mock_api.core.scopes import AllScope, CohortScope, IssuedBeforeScope, KeyScope, TesterScope, TokenScope
from mock_api.core.signals.security_events import CREDENTIAL_CHANGE, SESSION_REVOKED
from tests.mock_api.core.signals.conftest import Listener, listen

ISSUER = "https://leaklab.invalid"
TENANT = {"format": "uri", "uri": ISSUER}


def person(tester_id: str) -> dict[str, str]:
    return {"format": "iss_sub", "iss": ISSUER, "sub": tester_id}


def quiet(listener: Listener) -> None:
    """Acknowledge whatever has waited so far."""
    listener.acknowledge(*listener.sets())


def test_one_revoked_token_is_one_session_by_its_jti(listener: Listener) -> None:
    _, token = listener.range.tester_with_token()
    jti = listener.range.jti(token)
    quiet(listener)
    listener.authority.responder.revoke(TokenScope(jti), "in a gist", "operator")
    ((kind, subject, details),) = listener.events()
    assert (kind, subject) == ("session-revoked", {"format": "jwt_id", "iss": ISSUER, "jti": jti})
    assert details["reason_admin"] == {"en": "in a gist"}
    assert details["initiating_entity"] == "admin"
    assert details["event_timestamp"] == listener.range.clock.now()


def test_a_revoked_tester_loses_sessions_and_key_in_one_transaction(listener: Listener) -> None:
    tester_id, _ = listener.range.tester_with_token()
    quiet(listener)
    listener.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    first, second = listener.events()
    assert (first[0], first[1]) == ("session-revoked", person(tester_id))
    assert (second[0], second[1]) == ("credential-change", person(tester_id))
    assert (second[2]["credential_type"], second[2]["change_type"]) == ("tester-key", "revoke")
    assert len({claims["txn"] for claims in listener.sets().values()}) == 1


@pytest.mark.parametrize("scope", ["cohort", "all", "key", "issued_before"])
def test_crowds_are_one_complex_subject_each(listener: Listener, scope: str) -> None:
    for _ in range(2):
        listener.range.tester_with_token("artists")
    kid = listener.authority.keyring.current.kid
    quiet(listener)
    listener.range.clock.advance(5.0)
    scopes = {
        "cohort": (CohortScope("artists"), {"group": {"format": "opaque", "id": "artists"}}, 2),
        "all": (AllScope(), {}, 2),
        "key": (KeyScope(kid), {"session": {"format": "opaque", "id": f"kid:{kid}"}}, 1),
        "issued_before": (IssuedBeforeScope(listener.range.clock.now() - 5.0), {}, 1),
    }
    named, members, count = scopes[scope]
    listener.authority.responder.revoke(named, "leaked", "operator")
    told = listener.events()
    assert len(told) == count
    for _, subject, _ in told:
        assert subject == {"format": "complex", "tenant": TENANT, **members}


def test_the_time_of_a_cutoff_is_the_cutoff(listener: Listener) -> None:
    instant = listener.range.clock.now()
    listener.range.clock.advance(60.0)
    listener.authority.responder.revoke(IssuedBeforeScope(instant), "leaked", "operator")
    ((_, _, details),) = listener.events()
    assert details["event_timestamp"] == instant


def test_a_suspension_and_a_pause_end_sessions_and_their_end_is_not_told(listener: Listener) -> None:
    tester_id, _ = listener.range.tester_with_token()
    quiet(listener)
    suspension_id = listener.authority.responder.suspend(TesterScope(tester_id), 60.0, "odd hours", "operator")
    listener.authority.responder.lift(suspension_id, "operator")
    listener.authority.responder.pause("too much", "operator")
    listener.authority.responder.resume("enough", "operator")
    first, second = listener.events()
    assert (first[0], first[1], first[2]["reason_admin"]) == (
        "session-revoked", person(tester_id), {"en": "Suspended: odd hours"}
    )
    assert (second[0], second[1]) == ("session-revoked", {"format": "complex", "tenant": TENANT})


def test_keys_are_created_updated_and_deleted(listener: Listener) -> None:
    tester_id, _ = listener.range.invite()
    listener.authority.operator.reissue_key(tester_id, "operator")
    listener.authority.operator.remove_tester(tester_id, "operator")
    told = [(kind, details.get("change_type")) for kind, _, details in listener.events()]
    assert told == [
        ("credential-change", "create"), ("credential-change", "update"),
        ("session-revoked", None), ("credential-change", "delete"),
    ]


def test_every_signal_has_what_the_profile_demands(listener: Listener) -> None:
    tester_id, token = listener.range.tester_with_token()
    responder = listener.authority.responder
    responder.revoke(TokenScope(listener.range.jti(token)), "leaked", "operator")
    responder.suspend(CohortScope("artists"), 60.0, "leaked", "operator")
    responder.revoke(TesterScope(tester_id), "leaked", "operator")
    listener.range.invite()
    responder.revoke(AllScope(), "leaked", "operator")
    responder.pause("leaked", "operator")
    sets = listener.sets()
    assert len(sets) == 9
    for jti, claims in sets.items():
        assert claims.keys() == {"iss", "jti", "iat", "aud", "txn", "sub_id", "events"}  # No `sub`, no `exp`.
        assert (claims["iss"], claims["jti"]) == (ISSUER, jti)
        assert claims["aud"] == f"{ISSUER}/receivers/{listener.receiver_id}"
        assert isinstance(claims["iat"], int)
        ((kind, details),) = claims["events"].items()  # Exactly one event.
        assert kind in {SESSION_REVOKED, CREDENTIAL_CHANGE}
        assert all(details["reason_admin"].values())


def test_a_signal_is_no_access_token(listener: Listener) -> None:
    listener.range.invite()
    (token,) = listener.authority.deliveries.poll(listener.receiver_id, listener.stream.stream_id).sets.values()
    with pytest.raises(Refusal):
        listener.range.admit(token)


def test_only_what_was_asked_for_is_told(open_range: Any) -> None:
    opened = open_range()
    listener = listen(opened, StreamSettings(POLL, events_requested=(SESSION_REVOKED, "https://example.org/else")))
    tester_id, _ = opened.tester_with_token()
    opened.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert [kind for kind, _, _ in listener.events()] == ["session-revoked"]
    assert listener.stream.settings.events_requested == (SESSION_REVOKED,)


def test_under_rs256_the_interoperability_profile_is_met(open_range: Any) -> None:
    opened = open_range(signing_algorithm="RS256")
    listener = listen(opened)
    opened.invite()
    ((_, token),) = opened.authority.deliveries.poll(listener.receiver_id, listener.stream.stream_id).sets.items()
    header = jwt.get_unverified_header(token)
    key = opened.authority.keyring.keys[header["kid"]].verifier.key
    assert (header["alg"], key.key_size >= 2048) == ("RS256", True)
    assert len(listener.sets()) == 1  # Its signature holds.
