"""The keys that sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import jwt
import pytest

from mock_api.core.events import Revoked, SigningKeyAdded
from mock_api.core.policy import Policy
from mock_api.core.scopes import KeyScope

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
