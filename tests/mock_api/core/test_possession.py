"""A bound token is good for whoever holds its key, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from mock_api.core import errors
from mock_api.core.dpop import Presented
from mock_api.core.errors import Refusal
from mock_api.core.events import RequestRefused, TokenDenied
from mock_api.core.gate import Caller
from mock_api.core.policy import Dpop, Quota
from tests.mock_api.core.dpop.forging import URL, Holder

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

TOKEN_URL = "https://api.leaklab.invalid/oauth/token"
ORIGIN = "192.0.2.7 curl/8"
Open = Callable[..., "Range"]


def buy(opened: Range, holder: Holder | None, **more: Any) -> str:
    """An access token, bound to the holder's key if there is one."""
    tester_id, tester_key = opened.invite()
    presented = None
    if holder is not None:
        presented = holder.presented(opened.clock.now(), "POST", TOKEN_URL, **more)
    grant = opened.authority.public.issue_access_token(tester_id, tester_key, None, ORIGIN, presented)
    assert grant.token_type == ("Bearer" if opened.authority.policy.dpop is None or holder is None else "DPoP")
    return grant.access_token


def knock(opened: Range, token: str, presented: Presented | None, gate: str | None = None) -> None:
    """At the gate."""
    opened.authority.gate.admit(Caller(token, ORIGIN, gate, presented), "videos.list", opened.authority.settle())


def show(opened: Range, holder: Holder, token: str, **more: Any) -> Presented:
    return holder.presented(opened.clock.now(), token=token, **more)


def refused(call: Callable[[], object]) -> type[Refusal]:
    with pytest.raises(Refusal) as refusal:
        call()
    return refusal.type


def test_a_token_bought_with_a_proof_is_bound_to_its_key(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop()), Holder()
    token = buy(opened, holder)
    assert opened.authority.access_tokens.decode(token).thumbprint == holder.thumbprint
    knock(opened, token, show(opened, holder, token))
    knock(opened, token, show(opened, holder, token))


def test_a_leaked_bound_token_is_worthless_to_strangers(open_range: Open) -> None:
    opened, holder, stranger = open_range(dpop=Dpop()), Holder(), Holder(which=1)
    token = buy(opened, holder)
    assert refused(lambda: knock(opened, token, None)) is errors.KeyNotProven
    assert refused(lambda: knock(opened, token, show(opened, stranger, token))) is errors.KeyNotProven
    assert refused(lambda: knock(opened, token, Presented((), "GET", URL))) is errors.ProofInvalid
    refusal = opened.events[-1]
    assert isinstance(refusal, RequestRefused)
    assert (refusal.jti, refusal.code) == (opened.jti(token), "invalid_dpop_proof")


def test_a_watched_proof_is_worthless_too(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop()), Holder()
    token = buy(opened, holder)
    seen = show(opened, holder, token)
    knock(opened, token, seen)
    assert refused(lambda: knock(opened, token, seen)) is errors.ProofReplayed


def test_a_token_of_no_key_is_sent_as_bearer(open_range: Open) -> None:
    opened = open_range(dpop=Dpop())
    token = buy(opened, None)
    knock(opened, token, None)
    assert refused(lambda: knock(opened, token, show(opened, Holder(), token))) is errors.KeyNotProven


def test_without_the_policy_proofs_are_not_looked_at(the_range: Range) -> None:
    token = buy(the_range, Holder())
    assert the_range.authority.access_tokens.decode(token).thumbprint is None
    knock(the_range, token, None)


def test_where_keys_are_required_there_is_no_token_without(open_range: Open) -> None:
    opened = open_range(dpop=Dpop(mode="required"))
    assert refused(lambda: buy(opened, None)) is errors.ProofInvalid
    denied = opened.events[-1]
    assert isinstance(denied, TokenDenied)
    assert denied.code == "invalid_dpop_proof"
    buy(opened, Holder())


def test_the_token_endpoint_takes_a_proof_once(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop()), Holder()
    tester_id, tester_key = opened.invite()
    presented = holder.presented(opened.clock.now(), "POST", TOKEN_URL)
    issue = opened.authority.public.issue_access_token
    issue(tester_id, tester_key, None, ORIGIN, presented)
    assert refused(lambda: issue(tester_id, tester_key, None, ORIGIN, presented)) is errors.ProofReplayed


def test_nonces_of_the_token_endpoint_and_of_the_gate_differ(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop(nonce=True)), Holder()
    with pytest.raises(errors.ProofNonceNeeded) as at_the_endpoint:
        buy(opened, holder)
    token = buy(opened, holder, nonce=at_the_endpoint.value.nonce)
    with pytest.raises(errors.ProofNonceNeeded) as at_the_gate:
        knock(opened, token, show(opened, holder, token, nonce=at_the_endpoint.value.nonce))
    assert at_the_gate.value.nonce != at_the_endpoint.value.nonce
    knock(opened, token, show(opened, holder, token, nonce=at_the_gate.value.nonce))


@pytest.mark.parametrize("settings", [Dpop(), Dpop(nonce=True)])
def test_a_restart_takes_no_proof_that_may_have_been_used_before(open_range: Open, settings: Dpop) -> None:
    """What was used is not written down; so what is older is refused, and nonces of before are void."""
    opened, holder = open_range(dpop=settings), Holder()
    nonces = opened.authority.possession._at_the_gate.nonces
    at_the_endpoint = opened.authority.possession._at_the_token_endpoint.nonces
    token = buy(opened, holder, nonce=at_the_endpoint.current(opened.clock.now()))
    seen = show(opened, holder, token, nonce=nonces.current(opened.clock.now()))
    knock(opened, token, seen)
    opened.clock.advance(2.0)
    opened.authority = opened.replayed()
    expected = errors.ProofNonceNeeded if settings.nonce else errors.ProofReplayed
    assert refused(lambda: knock(opened, token, seen)) is expected


def test_a_bound_token_stays_bound_under_a_policy_without_keys(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop()), Holder()
    token = buy(opened, holder)
    opened.authority.policy = opened.authority.policy.__class__(name="later")
    assert refused(lambda: knock(opened, token, None)) is errors.KeyNotProven
    knock(opened, token, show(opened, holder, token))


def test_refused_requests_use_no_proof_up(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop(replays=2), quota=Quota(requests_per_minute=1)), Holder()
    token = buy(opened, holder)
    knock(opened, token, show(opened, holder, token))
    for _ in range(5):
        assert refused(lambda: knock(opened, token, show(opened, holder, token))) is errors.RateLimited


def test_more_proofs_than_can_be_remembered_are_refused(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop(replays=2)), Holder()
    token = buy(opened, holder)
    knock(opened, token, show(opened, holder, token))
    knock(opened, token, show(opened, holder, token))
    assert refused(lambda: knock(opened, token, show(opened, holder, token))) is errors.ProofsFull
    opened.clock.advance(61.0)
    knock(opened, token, show(opened, holder, token))


def test_a_proof_is_asked_for_behind_a_gate_in_front_too(open_range: Open) -> None:
    """And one that was used at one gate is used at all."""
    opened, holder = open_range(dpop=Dpop()), Holder()
    token = buy(opened, holder)
    for gate in ("gate-1", "gate-2"):
        assert refused(partial(knock, opened, token, None, gate)) is errors.KeyNotProven
    seen = show(opened, holder, token)
    knock(opened, token, seen, "gate-1")
    assert refused(lambda: knock(opened, token, seen, "gate-2")) is errors.ProofReplayed


def test_proof_or_not_a_revoked_token_is_revoked(open_range: Open) -> None:
    opened, holder = open_range(dpop=Dpop(nonce=True)), Holder()
    nonce = opened.authority.possession._at_the_token_endpoint.nonces.current(opened.clock.now())
    token = buy(opened, holder, nonce=nonce)
    opened.authority.responder.revoke(opened.scope_around(token, "token"), "leaked", "operator")
    assert refused(lambda: knock(opened, token, show(opened, holder, token))) is errors.TokenRevoked
