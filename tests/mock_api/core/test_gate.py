"""Every check between a bearer and an action, in its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mock_api.core import errors
from mock_api.core.errors import Refusal
from mock_api.core.events import (
    Event,
    ProgrammePaused,
    RequestAdmitted,
    RequestRefused,
    Revoked,
    Suspended,
    TesterLeft,
    TesterThrottled,
)
from mock_api.core.gate import Caller
from mock_api.core.policy import Quota
from mock_api.core.scopes import TesterScope, TokenScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range


def refused(opened: Range, token: str | None, action: str = "videos.list") -> type[Refusal]:
    """The error with which the gate refuses."""
    with pytest.raises(Refusal) as refusal:
        opened.admit(token, action)
    return refusal.type


def test_a_good_token_is_admitted_and_recorded(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    caller = Caller(token, "192.0.2.7 curl/8")
    admission = the_range.authority.gate.admit(caller, "videos.list", the_range.clock.now())
    assert (admission.jti, admission.tester_id) == (the_range.jti(token), tester_id)
    assert admission.issued_at == admission.now == the_range.clock.now()
    assert the_range.events[-1] == RequestAdmitted(
        the_range.clock.now(), admission.jti, tester_id, "videos.list", "192.0.2.7 curl/8"
    )


def test_a_request_without_token_is_refused_and_recorded_without_a_name(the_range: Range) -> None:
    assert refused(the_range, None) is errors.MissingToken
    refusal = the_range.events[-1]
    assert isinstance(refusal, RequestRefused)
    assert (refusal.jti, refusal.tester_id, refusal.code) == (None, None, "missing_token")


def test_a_malformed_and_a_forged_token_are_recorded_without_a_name(the_range: Range) -> None:
    _, token = the_range.tester_with_token()
    assert refused(the_range, "x") is errors.MalformedToken
    assert refused(the_range, token[:-4] + "AAAA") is errors.ForgedToken
    refusal = the_range.events[-1]
    assert isinstance(refusal, RequestRefused)
    assert (refusal.jti, refusal.tester_id) == (None, None)


def test_a_token_is_good_up_to_its_expiry_and_not_at_it(open_range: Callable[..., Range]) -> None:
    opened = open_range(token_lifetime=100.0)
    tester_id, token = opened.tester_with_token()
    opened.clock.advance(99.999)
    opened.admit(token)
    opened.clock.instant += 0.001
    opened.clock.instant = opened.authority.programme.tokens[opened.jti(token)].expires_at
    assert refused(opened, token) is errors.TokenExpired
    refusal = opened.events[-1]
    assert isinstance(refusal, RequestRefused)
    assert (refusal.jti, refusal.tester_id) == (opened.jti(token), tester_id)


def test_a_token_from_the_future_is_refused(the_range: Range) -> None:
    _, token = the_range.tester_with_token()
    the_range.clock.advance(-1.0)
    assert refused(the_range, token) is errors.TokenNotYetValid


@pytest.mark.parametrize("change", [{"jti": "at_0"}, {"sub": "x", "client_id": "x"}, {"exp": 5e9}])
def test_a_token_we_signed_but_never_issued_is_unknown(
    the_range: Range, change: dict[str, str | float]
) -> None:
    """Who has our private key can sign anything, but does not stand in the books."""
    tester_id, token = the_range.tester_with_token()
    now, tokens = the_range.clock.now(), the_range.authority.access_tokens
    claims: dict[str, str | float] = {
        "iss": the_range.authority.issuer, "aud": the_range.authority.audience, "sub": tester_id,
        "client_id": tester_id, "jti": the_range.jti(token), "iat": now, "exp": now + 3600.0,
        "scope": "videos.read videos.write", "cohort": "artists",
    }  # fmt: skip
    kid = tokens.decode(token).kid
    the_range.admit(tokens.sign(claims, kid))
    assert refused(the_range, tokens.sign({**claims, **change}, kid)) is errors.TokenUnknown


def test_a_tester_who_left_is_refused(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    the_range.authority.operator.remove_tester(tester_id, "operator")
    assert refused(the_range, token) is errors.TesterInactive


def test_a_token_opens_what_its_scope_permits_and_nothing_else(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    reader = the_range.token(tester_id, tester_key, "videos.read")
    the_range.admit(reader, "videos.retrieve")
    assert refused(the_range, reader, "videos.create") is errors.InsufficientScope
    assert refused(the_range, reader, "videos.unheard-of") is errors.InsufficientScope


def test_a_tester_has_one_rate_over_all_tokens_and_learns_when_to_come_back(
    open_range: Callable[..., Range],
) -> None:
    opened = open_range(quota=Quota(requests_per_minute=4))
    tester_id, tester_key = opened.invite()
    first, second = opened.token(tester_id, tester_key), opened.token(tester_id, tester_key)
    for token in (first, second, first, second):
        opened.admit(token)
        opened.clock.advance(10.0)
    with pytest.raises(errors.RateLimited) as refusal:
        opened.admit(first)
    assert refusal.value.retry_after == 20.0
    opened.clock.advance(20.0)
    opened.admit(first)


def test_refused_requests_do_not_count_against_the_rate(open_range: Callable[..., Range]) -> None:
    opened = open_range(quota=Quota(requests_per_minute=2))
    tester_id, tester_key = opened.invite()
    token = opened.token(tester_id, tester_key, "videos.read")
    for _ in range(10):
        assert refused(opened, token, "videos.create") is errors.InsufficientScope
    opened.admit(token)
    opened.admit(token)
    assert refused(opened, token) is errors.RateLimited


def test_a_throttled_tester_is_slowed_at_once(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    for _ in range(3):
        the_range.admit(token)
    now = the_range.clock.now()
    the_range.authority.record(TesterThrottled(now, tester_id, 3, "odd", "operator", None))
    assert refused(the_range, token) is errors.RateLimited


def test_the_rate_survives_a_restart(open_range: Callable[..., Range]) -> None:
    opened = open_range(quota=Quota(requests_per_minute=2))
    _, token = opened.tester_with_token()
    opened.admit(token)
    opened.admit(token)
    opened.authority = opened.replayed()
    assert refused(opened, token) is errors.RateLimited


def test_a_refusal_after_admission_is_recorded_and_raised(the_range: Range) -> None:
    tester_id, token = the_range.tester_with_token()
    gate, caller = the_range.authority.gate, Caller(token, "192.0.2.7 curl/8")
    admission = gate.admit(caller, "videos.create", the_range.clock.now())
    with pytest.raises(errors.QueueFull):
        gate.refuse(admission, "videos.create", caller, errors.QueueFull("Full."))
    assert the_range.events[-1] == RequestRefused(
        the_range.clock.now(), admission.jti, tester_id, "videos.create", "192.0.2.7 curl/8", "queue_full"
    )


def test_a_secret_in_the_callers_name_is_not_recorded(the_range: Range) -> None:
    _, token = the_range.tester_with_token()
    gate, now = the_range.authority.gate, the_range.clock.now()
    gate.admit(Caller(token, f"192.0.2.7 {token}"), "videos.list", now)
    with pytest.raises(Refusal):
        gate.admit(Caller("x", f"192.0.2.7 {token}"), "videos.list", now)
    assert token not in repr(the_range.events)


@dataclass
class Knock:
    """A request by a tester, to which more and more goes wrong."""

    range: Range
    tester_id: str
    jti: str
    token: str | None
    action: str = "videos.list"

    def record(self, kind: Callable[..., Event], *details: object) -> None:
        """Let something happen now."""
        self.range.authority.record(kind(self.range.clock.now(), *details))


def use_up_the_rate(knock: Knock) -> None:
    for _ in range(600):
        knock.range.admit(knock.token)


def ask_for_more(knock: Knock) -> None:
    knock.action = "videos.create"


def leave(knock: Knock) -> None:
    knock.record(TesterLeft, knock.tester_id, "operator")


def be_suspended(knock: Knock) -> None:
    knock.record(Suspended, "s", TesterScope(knock.tester_id), 9e9, "", "operator", None)


def be_paused(knock: Knock) -> None:
    knock.record(ProgrammePaused, "", "operator", False, None)


def be_revoked(knock: Knock) -> None:
    knock.record(Revoked, "r", TokenScope(knock.jti), "", "operator", None)


def vanish_from_the_books(knock: Knock) -> None:
    del knock.range.authority.programme.tokens[knock.jti]


def expire(knock: Knock) -> None:
    knock.range.clock.advance(3600.0)


def forge(knock: Knock) -> None:
    knock.token = f"{(knock.token or '')[:-4]}AAAA"


def mutilate(knock: Knock) -> None:
    knock.token = "x"


def forget(knock: Knock) -> None:
    knock.token = None


def test_the_checks_come_in_their_order(the_range: Range) -> None:
    """From the last check to the first: each new trouble wins over all before it."""
    tester_id, tester_key = the_range.invite()
    token = the_range.token(tester_id, tester_key, "videos.read")
    knock = Knock(the_range, tester_id, the_range.jti(token), token)
    for trouble, refusal in (
        (use_up_the_rate, errors.RateLimited),
        (ask_for_more, errors.InsufficientScope),
        (leave, errors.TesterInactive),
        (be_suspended, errors.TesterSuspended),
        (be_paused, errors.ProgrammePaused),
        (be_revoked, errors.TokenRevoked),
        (vanish_from_the_books, errors.TokenUnknown),
        (expire, errors.TokenExpired),
        (forge, errors.ForgedToken),
        (mutilate, errors.MalformedToken),
        (forget, errors.MissingToken),
    ):
        trouble(knock)
        assert refused(the_range, knock.token, knock.action) is refusal
