"""The keys that sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import jwt
import pytest

from mock_api.core.enforcement import KeyRotation
from mock_api.core.errors import Invalid, TokenRevoked
from mock_api.core.events import Revoked, SigningKeyAdded, SigningKeyPutToUse, SigningKeyRetired
from mock_api.core.policy import Policy
from mock_api.core.scopes import AllScope, KeyScope, TesterScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}


def test_opening_makes_one_key_and_opening_again_none(the_range: Range) -> None:
    the_range.authority.open(Policy(name="again"))
    assert len(the_range.of(SigningKeyAdded)) == 1


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_the_published_key_verifies_our_tokens_and_is_public_only(
    open_range: Callable[..., Range], algorithm: Literal["EdDSA", "ES256", "RS256"]
) -> None:
    opened = open_range(signing_algorithm=algorithm)
    _, token = opened.tester_with_token()
    (jwk,) = opened.authority.public.jwks()["keys"]
    assert (jwk["alg"], jwk["use"]) == (algorithm, "sig")
    assert not PRIVATE_MEMBERS & jwk.keys()
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": jwk["kid"], "typ": "at+jwt"}
    without_time = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    claims = jwt.decode(
        token, jwt.PyJWK(jwk), [algorithm], without_time,  # type: ignore[arg-type]  # PyJWT's options are a TypedDict.
        audience=opened.authority.audience, issuer=opened.authority.issuer,
    )
    assert claims["client_id"] == claims["sub"]


def test_tokens_of_the_older_key_stay_good_after_a_rotation(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    older = the_range.token(tester_id, tester_key)
    kid = the_range.authority.operator.rotate_key("operator")
    newer = the_range.token(tester_id, tester_key)
    the_range.admit(older)
    the_range.admit(newer)
    assert the_range.authority.access_tokens.decode(newer).kid == kid
    assert the_range.authority.access_tokens.decode(older).kid != kid


def test_a_revoked_key_is_no_longer_published_and_no_longer_signs(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    kid = the_range.authority.access_tokens.decode(the_range.token(tester_id, tester_key)).kid
    the_range.authority.record(Revoked(the_range.clock.now(), "rev_1", KeyScope(kid), "", "operator", None))
    assert the_range.authority.public.jwks() == {"keys": []}
    the_range.admit(the_range.token(tester_id, tester_key))


def test_another_algorithm_in_the_policy_brings_another_key(the_range: Range) -> None:
    the_range.authority.operator.adopt_policy(Policy(name="es", signing_algorithm="ES256"), "operator")
    assert [key["alg"] for key in the_range.authority.public.jwks()["keys"]] == ["EdDSA", "ES256"]


def test_a_restart_signs_with_the_same_key(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    token = the_range.token(tester_id, tester_key)
    restarted = the_range.replayed()
    grant = restarted.public.issue_access_token(tester_id, tester_key, None, "-")
    assert restarted.access_tokens.decode(grant.access_token).kid == restarted.access_tokens.decode(token).kid


def test_a_lost_vault_leads_to_a_new_key_and_refused_tester_keys(the_range: Range) -> None:
    the_range.vault._secrets.clear()
    restarted = the_range.replayed()
    restarted.open(Policy(name="ignored"))
    assert len(restarted.keyring.keys) == 2


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_the_lab_draws_the_same_key_again(
    open_range: Callable[..., Range], algorithm: Literal["EdDSA", "ES256"]
) -> None:
    first, second = open_range(signing_algorithm=algorithm), open_range(signing_algorithm=algorithm)
    assert first.authority.public.jwks() == second.authority.public.jwks()


def kids(opened: Range) -> list[str]:
    return [key["kid"] for key in opened.authority.public.jwks()["keys"]]


def test_a_rotation_with_an_overlap_retires_the_older_keys_when_it_is_over(the_range: Range) -> None:
    _, token = the_range.tester_with_token()
    (old,) = kids(the_range)
    new = the_range.authority.operator.rotate_key("operator", 60.0)
    the_range.clock.advance(59.0)
    assert kids(the_range) == [old, new]
    the_range.admit(token)
    the_range.clock.advance(1.0)
    assert kids(the_range) == [new]
    with pytest.raises(TokenRevoked):
        the_range.admit(token)
    (retired,) = the_range.of(SigningKeyRetired)
    assert (retired.kid, retired.at) == (old, the_range.clock.now())


def test_a_deadline_of_a_rotation_outlives_a_restart(the_range: Range) -> None:
    old, new = *kids(the_range), the_range.authority.operator.rotate_key("operator", 60.0)
    restarted = the_range.replayed()
    the_range.clock.advance(60.0)
    assert [key["kid"] for key in restarted.public.jwks()["keys"]] == [new]
    assert kids(the_range) == [new]
    assert the_range.replayed().register.revoked.kids == {old}


@pytest.mark.parametrize("overlap", [-1.0, 1e9, float("nan")])
def test_an_overlap_has_bounds(the_range: Range, overlap: float) -> None:
    with pytest.raises(Invalid):
        the_range.authority.operator.rotate_key("operator", overlap)


@pytest.mark.parametrize("overlap", [0.0, 30.0])
def test_where_gates_go_by_keys_a_revocation_replaces_the_key(
    open_range: Callable[..., Range], overlap: float
) -> None:
    opened = open_range(enforcement=KeyRotation(overlap=overlap))
    (tester_id, _), (_, bystander) = opened.tester_with_token(), opened.tester_with_token()
    first, reserve = kids(opened)
    outcome = opened.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert outcome.version == str(opened.authority.feed.version)
    assert reserve in kids(opened)
    opened.clock.advance(overlap)
    assert first not in kids(opened)
    with pytest.raises(TokenRevoked):
        opened.admit(bystander)
    _, fresh = opened.tester_with_token()
    assert opened.authority.access_tokens.decode(fresh).kid == reserve
    opened.admit(fresh)


def test_a_key_was_published_before_it_signs(open_range: Callable[..., Range]) -> None:
    opened = open_range(enforcement=KeyRotation())
    opened.tester_with_token()
    for _ in range(3):
        published = kids(opened)
        opened.authority.responder.revoke(AllScope(), "leaked", "operator")
        opened.clock.advance(1.0)
        _, token = opened.tester_with_token()
        assert opened.authority.access_tokens.decode(token).kid in published
        assert len(kids(opened)) == 2
    assert len(opened.of(SigningKeyPutToUse)) == len(opened.of(Revoked)) == 3


def test_what_was_revoked_already_replaces_no_key(open_range: Callable[..., Range]) -> None:
    opened = open_range(enforcement=KeyRotation())
    tester_id, _ = opened.tester_with_token()
    for _ in range(2):
        opened.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert len(opened.of(SigningKeyPutToUse)) == 1


@pytest.mark.parametrize("overlap", [0.0, 600.0])
def test_a_key_that_has_signed_nothing_serves_the_next_revocations_too(
    open_range: Callable[..., Range], overlap: float
) -> None:
    opened = open_range(enforcement=KeyRotation(overlap=overlap))
    tokens = [opened.tester_with_token()[1] for _ in range(30)]
    for _ in opened.authority.client.surrender(tokens, "192.0.2.1 curl/8"):
        opened.clock.advance(1.0)
    assert len(opened.of(SigningKeyPutToUse)) == 1
    tester_id, _ = opened.tester_with_token()
    opened.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert len(opened.of(SigningKeyPutToUse)) == 2
    assert len(opened.authority.deadlines._heap) == 2 * (overlap > 0.0)
    opened.clock.advance(overlap)
    assert len(kids(opened)) == 2  # The one that signs, and the one in reserve.


def test_a_shorter_overlap_is_kept_to_at_the_next_revocation(open_range: Callable[..., Range]) -> None:
    opened = open_range(enforcement=KeyRotation(overlap=600.0))
    _, token = opened.tester_with_token()
    tester_id, _ = opened.tester_with_token()
    opened.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    opened.authority.operator.adopt_policy(Policy(name="short", enforcement=KeyRotation(overlap=10.0)), "operator")
    opened.authority.client.revoke(token)
    opened.clock.advance(10.0)
    assert opened.authority.access_tokens.decode(token).kid not in kids(opened)


def test_a_revoked_key_gives_way_to_the_one_in_reserve(open_range: Callable[..., Range]) -> None:
    opened = open_range(enforcement=KeyRotation())
    first, reserve = kids(opened)
    opened.authority.responder.revoke(KeyScope(first), "leaked", "operator")
    assert kids(opened)[0] == reserve
    assert opened.authority.gates.keys().kids == frozenset(kids(opened))
    opened.authority.responder.revoke(KeyScope(kids(opened)[1]), "leaked", "operator")
    assert len(kids(opened)) == 2


def test_a_revocation_that_a_crash_cut_short_replaces_the_key_when_it_is_repeated(
    open_range: Callable[..., Range]
) -> None:
    opened = open_range(enforcement=KeyRotation())
    tester_id, token = opened.tester_with_token()
    opened.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    written = opened.events[:[type(event) for event in opened.events].index(Revoked) + 1]
    restarted = opened.fresh_authority([])
    restarted.replay(written)
    first = restarted.access_tokens.decode(token).kid
    assert restarted.keyring.current is not None
    assert restarted.keyring.current.kid == first
    outcome = restarted.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert outcome.already
    assert first not in restarted.gates.keys().kids
