"""Who is in, with which key, and which tokens are out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import pytest

from mock_api.core.errors import NotFound, TooManyTokens
from mock_api.core.events import Event, Suspended, TesterActivated, TesterThrottled
from mock_api.core.policy import Policy, Quota
from mock_api.core.scopes import TesterScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range


def state(opened: Range, tester_id: str) -> str:
    programme = opened.authority.programme
    return programme.state_of(programme.tester(tester_id), opened.clock.now())


def throttle(opened: Range, tester_id: str, rate: int) -> None:
    opened.authority.record(TesterThrottled(opened.clock.now(), tester_id, rate, "odd", "operator", None))


def test_a_tester_goes_from_invited_to_active_to_left(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    assert state(the_range, tester_id) == "invited"
    the_range.token(tester_id, tester_key)
    assert state(the_range, tester_id) == "active"
    the_range.authority.operator.remove_tester(tester_id, "operator")
    assert state(the_range, tester_id) == "left"


def test_a_tester_is_activated_by_the_first_token_only(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    the_range.token(tester_id, tester_key)
    the_range.clock.advance(60.0)
    the_range.token(tester_id, tester_key)
    assert len(the_range.of(TesterActivated)) == 1


def test_suspended_is_a_state_that_passes(the_range: Range) -> None:
    tester_id, _ = the_range.tester_with_token()
    now = the_range.clock.now()
    the_range.authority.record(Suspended(now, "s", TesterScope(tester_id), now + 60, "odd", "operator", None))
    assert state(the_range, tester_id) == "suspended"
    the_range.clock.advance(60.0)
    the_range.authority.settle()
    assert state(the_range, tester_id) == "active"


def test_a_quota_is_the_policys_the_testers_own_or_throttled(the_range: Range) -> None:
    tester_id, _ = the_range.invite()
    own = the_range.authority.operator.invite(
        "Ben", "artists", by="operator", quota=Quota(requests_per_minute=5)
    ).tester_id
    quota_of = the_range.authority.programme.quota_of
    assert quota_of(tester_id) == Quota()
    assert quota_of(own).requests_per_minute == 5
    throttle(the_range, tester_id, 2)
    throttle(the_range, own, 9)
    assert quota_of(tester_id) == Quota(requests_per_minute=2)
    assert quota_of(own).requests_per_minute == 5


def test_another_policy_brings_another_quota(the_range: Range) -> None:
    tester_id, _ = the_range.invite()
    daily = Policy(name="daily", quota=Quota(renders_per_day=3))
    the_range.authority.operator.adopt_policy(daily, "operator")
    assert the_range.authority.programme.quota_of(tester_id).renders_per_day == 3


def test_a_stranger_is_not_found(the_range: Range) -> None:
    with pytest.raises(NotFound):
        the_range.authority.programme.quota_of("tester_0")


def test_expired_tokens_are_dropped_as_new_ones_are_issued(open_range: Callable[..., Range]) -> None:
    opened = open_range(token_lifetime=100.0)
    tester_id, tester_key = opened.invite()
    for _ in range(50):
        opened.clock.advance(10.0)
        opened.token(tester_id, tester_key)
    tokens = opened.authority.programme.tokens
    assert len(tokens) == 10
    assert all(token.expires_at > opened.clock.now() for token in tokens.values())


def test_short_lived_tokens_are_dropped_though_long_lived_ones_were_issued_before(the_range: Range) -> None:
    operator = the_range.authority.operator
    tester_id, tester_key = the_range.invite()
    operator.adopt_policy(Policy(name="long", token_lifetime=1e6), "operator")
    long_lived = the_range.jti(the_range.token(tester_id, tester_key))
    operator.adopt_policy(Policy(name="short", token_lifetime=1.0), "operator")
    for _ in range(10):
        the_range.token(tester_id, tester_key)
        the_range.clock.advance(2.0)
    latest = the_range.jti(the_range.token(tester_id, tester_key))
    assert list(the_range.authority.programme.tokens) == [long_lived, latest]


def test_the_log_read_back_from_json_gives_the_same_programme(the_range: Range) -> None:
    the_range.authority.operator.invite_many(300, "artists", by="operator")
    the_range.tester_with_token()
    line = msgspec.json.encode(the_range.events)
    the_range.events[:] = msgspec.json.decode(line, type=list[Event])
    after = the_range.replayed()
    assert after.programme.testers == the_range.authority.programme.testers
    assert after.programme.tokens == the_range.authority.programme.tokens


def test_a_leaked_key_cannot_fill_the_books(open_range: Callable[..., Range]) -> None:
    opened = open_range(quota=Quota(live_tokens=3), token_lifetime=100.0)
    tester_id, tester_key = opened.invite()
    for _ in range(3):
        opened.token(tester_id, tester_key)
    with pytest.raises(TooManyTokens, match="3"):
        opened.token(tester_id, tester_key)
    opened.tester_with_token()                     # the others are not touched by it
    opened.clock.advance(100.0)
    opened.token(tester_id, tester_key)            # the old ones have expired
    assert opened.authority.programme.tester(tester_id).live_tokens == 1
    assert opened.replayed().programme.tester(tester_id).live_tokens == 1


def test_what_others_held_and_lost_makes_nobody_room(open_range: Callable[..., Range]) -> None:
    opened = open_range(quota=Quota(live_tokens=2), token_lifetime=100.0)
    opened.tester_with_token()
    opened.clock.advance(60.0)
    tester_id, tester_key = opened.invite()
    for _ in range(2):
        opened.token(tester_id, tester_key)
    opened.clock.advance(60.0)
    with pytest.raises(TooManyTokens, match="2"):
        opened.token(tester_id, tester_key)
