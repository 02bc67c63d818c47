"""Whoever holds a credential may end it, and learns nothing from the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from mock_api.core import errors, tester_keys
from mock_api.core.events import CredentialsSurrendered, Revoked
from mock_api.core.issuance import Applicant
from mock_api.core.policy import Refresh
from mock_api.core.scopes import FamilyScope, TesterScope, TokenScope
from mock_api.core.token_exchange import TESTER_KEY, Exchange

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

Open = Callable[..., "Range"]
ORIGIN = "192.0.2.9 curl/8"


def hand_in(opened: Range, credentials: Sequence[str], origin: str = ORIGIN) -> int:
    """Hand credentials in, and how many turns that took."""
    return sum(1 for _ in opened.authority.client.surrender(credentials, origin))


def test_each_kind_of_credential_ends_what_it_opens(open_range: Open) -> None:
    opened = open_range(refresh=Refresh())
    token = opened.tester_with_token()[1]
    tester_id, key = opened.invite()
    grant = opened.authority.client.exchange(Applicant(None, None, "-"), Exchange(opened.invite()[1], TESTER_KEY))
    family = opened.authority.families.of(str(grant.refresh_token))
    assert family is not None
    hand_in(opened, [token, "nonsense", str(grant.refresh_token), key, token])
    assert [event.scope for event in opened.of(Revoked)] == [
        TokenScope(opened.jti(token)), FamilyScope(family.family_id), TesterScope(tester_id),
    ]
    assert {event.reason for event in opened.of(Revoked)} == {"Reported by possession."}
    for dead in (token, grant.access_token):
        with pytest.raises(errors.TokenRevoked):
            opened.admit(dead)
    with pytest.raises(errors.ClientInvalid):
        opened.token(tester_id, key)


def test_one_request_leaves_one_event_and_unknown_credentials_none(the_range: Range) -> None:
    before = len(the_range.events)
    looks_real = [tester_keys.mint(the_range.authority.secrets, prefix) for prefix in ("llk", "llo", "llr", "llg")]
    hand_in(the_range, [*looks_real, "ey.a.b", "", "\ud800", *map(str, range(500))])
    assert the_range.events[before:] == [CredentialsSurrendered(the_range.clock.now(), 507, ORIGIN)]


def test_what_is_over_is_not_revoked_again(the_range: Range) -> None:
    tester_id, key = the_range.invite()
    token = the_range.token(tester_id, key)
    hand_in(the_range, [key])
    the_range.clock.advance(10.0)
    hand_in(the_range, [key, token])
    assert len(the_range.of(Revoked)) == 1
    expired = the_range.tester_with_token()[1]
    the_range.clock.advance(7200.0)
    the_range.tester_with_token()
    hand_in(the_range, [expired])
    assert len(the_range.of(Revoked)) == 1


def test_a_request_holds_so_many_and_lets_others_in_between(the_range: Range) -> None:
    assert hand_in(the_range, [str(number) for number in range(1000)]) == 40
    for count in (0, 1001):
        with pytest.raises(errors.Invalid):
            hand_in(the_range, ["x"] * count)


def test_a_host_is_heard_ten_times_a_minute_and_others_do_not_suffer(the_range: Range) -> None:
    for number in range(10):
        hand_in(the_range, ["x"], f"192.0.2.9 client{number}/1")
        the_range.clock.advance(1.0)
    with pytest.raises(errors.RateLimited) as refusal:
        hand_in(the_range, ["x"])
    assert refusal.value.retry_after == 50.0
    assert len(the_range.of(CredentialsSurrendered)) == 10
    hand_in(the_range, ["x"], "192.0.2.10 curl/8")
    the_range.clock.advance(50.0)
    hand_in(the_range, ["x"])


def test_who_came_is_forgotten_after_a_minute(the_range: Range) -> None:
    for number in range(300):
        hand_in(the_range, ["x"], f"198.51.100.{number} curl/8")
        the_range.clock.advance(1.0)
    assert len(the_range.authority.client.surrendered._brought) <= 61
    assert the_range.replayed().client.surrendered._brought == the_range.authority.client.surrendered._brought
