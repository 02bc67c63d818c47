"""Tokens for tester keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core import errors
from mock_api.core.errors import Refusal
from mock_api.core.events import (
    ProgrammePaused,
    Revoked,
    Suspended,
    TokenDenied,
    TokenIssued,
)
from mock_api.core.scopes import AllScope, CohortScope, IssuedBeforeScope, Scope, TesterScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range


def denied(opened: Range, client_id: str, secret: str, scope: str | None = None) -> type[Refusal]:
    """The error of the token endpoint; checks that it stands in the log."""
    with pytest.raises(Refusal) as refusal:
        opened.authority.public.issue_access_token(client_id, secret, scope, "192.0.2.7 curl/8")
    event = opened.events[-1]
    assert isinstance(event, TokenDenied)
    assert event.code == refusal.value.code
    return refusal.type


def test_a_tester_key_buys_a_token_that_is_admitted(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    grant = the_range.authority.public.issue_access_token(tester_id, tester_key, None, "192.0.2.7 curl/8")
    assert (grant.token_type, grant.expires_in, grant.scope) == ("Bearer", 3600, "videos.read videos.write")
    the_range.admit(grant.access_token)
    (event,) = the_range.of(TokenIssued)
    assert (event.tester_id, event.jti) == (tester_id, the_range.jti(grant.access_token))


def test_the_policy_may_hand_out_long_lived_tokens(open_range: Callable[..., Range]) -> None:
    opened = open_range(token_lifetime=365 * 86400.0)
    tester_id, tester_key = opened.invite()
    grant = opened.authority.public.issue_access_token(tester_id, tester_key, None, "-")
    assert grant.expires_in == 31_536_000
    opened.clock.advance(364 * 86400.0)
    opened.admit(grant.access_token)


def test_a_wrong_key_an_unknown_client_and_another_testers_key_look_alike(the_range: Range) -> None:
    (ada, adas_key), (ben, _) = the_range.invite(), the_range.invite()
    attempts = [(ada, "llk_" + "0" * 38), ("nobody", adas_key), (ben, adas_key), (ada, ""), ("", "")]
    for client_id, secret in attempts:
        assert denied(the_range, client_id, secret) is errors.ClientInvalid


@pytest.mark.parametrize("secret", ["\ud800", "x" * 10**6, "llk_", "\0"])
def test_a_strange_secret_is_an_invalid_client(the_range: Range, secret: str) -> None:
    tester_id, _ = the_range.invite()
    assert denied(the_range, tester_id, secret) is errors.ClientInvalid


@pytest.mark.parametrize("scope", ["admin", "videos.read\n"])
def test_an_unknown_scope_is_denied(the_range: Range, scope: str) -> None:
    assert denied(the_range, *the_range.invite(), scope) is errors.InvalidScope


@pytest.mark.parametrize("kind", ["tester", "cohort", "all"])
def test_a_revoked_tester_key_buys_nothing(the_range: Range, kind: str) -> None:
    tester_id, tester_key = the_range.invite("artists")
    scopes: dict[str, Scope] = {
        "tester": TesterScope(tester_id), "cohort": CohortScope("artists"), "all": AllScope()
    }  # fmt: skip
    now = the_range.clock.now()
    the_range.authority.record(Revoked(now, "r", scopes[kind], "leaked", "operator", None))
    assert denied(the_range, tester_id, tester_key) is errors.ClientInvalid


def test_an_issued_before_cutoff_leaves_the_tester_keys_alone(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    now = the_range.clock.now()
    the_range.authority.record(Revoked(now, "r", IssuedBeforeScope(now), "leaked", "operator", None))
    the_range.clock.advance(1.0)
    the_range.admit(the_range.token(tester_id, tester_key))


def test_a_replaced_key_buys_nothing(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    reissued = the_range.authority.operator.reissue_key(tester_id, "operator")
    assert denied(the_range, tester_id, tester_key) is errors.ClientInvalid
    the_range.token(tester_id, reissued.tester_key)


def test_suspended_left_and_paused_have_codes_of_their_own(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    now = the_range.clock.now()
    the_range.authority.record(Suspended(now, "s", TesterScope(tester_id), now + 60.0, "", "operator", None))
    assert denied(the_range, tester_id, tester_key) is errors.TesterSuspended
    the_range.authority.record(ProgrammePaused(now, "", "operator", False, None))
    assert denied(the_range, tester_id, tester_key) is errors.ProgrammePaused
    the_range.authority.operator.remove_tester(tester_id, "operator")
    assert denied(the_range, tester_id, tester_key) is errors.TesterInactive


def test_a_secret_given_as_client_id_does_not_enter_the_log(the_range: Range) -> None:
    _, tester_key = the_range.invite()
    assert denied(the_range, tester_key, "x") is errors.ClientInvalid
    assert tester_key not in repr(the_range.events)


def test_a_restart_still_knows_the_tester_keys(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    grant = the_range.replayed().public.issue_access_token(tester_id, tester_key, None, "-")
    assert grant.access_token


def test_the_marker_says_simulation(the_range: Range) -> None:
    marker = the_range.authority.public.marker()
    assert (marker["product"], marker["simulation"]) == ("leaklab", True)
    assert marker["issuer"] == the_range.authority.issuer
    assert marker["version"]
