"""Revoking, asking about and the proofs of tokens, by those who hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import jwt
import msgspec
import pytest

from mock_api.core import errors, tester_keys
from mock_api.core.doors.client import INACTIVE, IntrospectionResponse
from mock_api.core.events import Revoked
from mock_api.core.issuance import Applicant
from mock_api.core.policy import Refresh
from mock_api.core.scopes import FamilyScope, TesterScope, TokenScope
from mock_api.core.token_exchange import TESTER_KEY, Exchange

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

Open = Callable[..., "Range"]


class Client:
    """A tester with a pair of tokens."""

    def __init__(self, opened: Range) -> None:
        self.range, self.door = opened, opened.authority.client
        self.tester_id, self.key = opened.invite()
        self.applicant = Applicant(self.tester_id, self.key, "192.0.2.7 curl/8")
        grant = self.door.exchange(self.applicant, Exchange(self.key, TESTER_KEY))
        self.access_token, self.refresh_token = grant.access_token, str(grant.refresh_token)

    def actives(self, applicant: Applicant | None = None) -> tuple[bool, bool]:
        """Whether the access token and the refresh token are in force, as the caller is told."""
        tokens = (self.access_token, self.refresh_token)
        access, refresh = (self.door.introspect(token, applicant).active for token in tokens)
        return access, refresh


@pytest.fixture
def rotating(open_range: Open) -> Range:
    return open_range(refresh=Refresh(idle=86400.0))


def test_an_access_token_is_told_of(rotating: Range) -> None:
    client, now = Client(rotating), int(rotating.clock.now())
    jti = rotating.jti(client.access_token)
    authority = rotating.authority
    assert client.door.introspect(client.access_token) == IntrospectionResponse(
        True, "videos.read videos.write", client.tester_id, "Bearer", now + 3600, now, client.tester_id,
        authority.audience, authority.issuer, jti,
    )


def test_a_refresh_token_is_told_of_and_not_spent(rotating: Range) -> None:
    client, now = Client(rotating), int(rotating.clock.now())
    issuer = rotating.authority.issuer
    for _ in range(2):
        assert client.door.introspect(client.refresh_token) == IntrospectionResponse(
            True, "videos.read videos.write", client.tester_id, "N_A", now + 86400, now, client.tester_id, issuer,
            issuer,
        )
    client.door.refresh(client.applicant, client.refresh_token)
    assert client.door.introspect(client.refresh_token) == INACTIVE
    assert not rotating.of(Revoked)


def test_of_what_is_not_in_force_nothing_is_told(rotating: Range) -> None:
    client = Client(rotating)
    assert msgspec.json.encode(INACTIVE) == b'{"active":false}'
    for nonsense in ("", "x", client.key, "ey.a.b", tester_keys.mint(rotating.authority.secrets, "llr")):
        assert client.door.introspect(nonsense) == INACTIVE
    rotating.clock.advance(3600.0)
    assert client.actives() == (False, True)
    rotating.clock.advance(86400.0)
    assert client.actives() == (False, False)


@pytest.mark.parametrize("how", ["token", "family", "tester", "suspended", "paused", "left"])
def test_whatever_stops_a_token_makes_it_inactive(rotating: Range, how: str) -> None:
    client = Client(rotating)
    responder, operator = rotating.authority.responder, rotating.authority.operator
    family = rotating.authority.families.of(client.refresh_token)
    assert family is not None
    match how:
        case "token":
            responder.revoke(TokenScope(rotating.jti(client.access_token)), "leaked", "operator")
        case "family":
            responder.revoke(FamilyScope(family.family_id), "leaked", "operator")
        case "tester":
            responder.revoke(TesterScope(client.tester_id), "leaked", "operator")
        case "suspended":
            responder.suspend(TesterScope(client.tester_id), 60.0, "odd", "operator")
        case "paused":
            responder.pause("leak", "operator")
        case "left":
            operator.remove_tester(client.tester_id, "operator")
    assert client.actives() == (False, how == "token")


def test_a_client_is_told_of_its_own_tokens_alone(rotating: Range) -> None:
    client, other = Client(rotating), Client(rotating)
    assert client.actives(client.applicant) == (True, True)
    assert client.actives(other.applicant) == (False, False)
    with pytest.raises(errors.ClientInvalid):
        client.door.introspect(client.access_token, Applicant(client.tester_id, other.key, "-"))


def test_the_signed_answer_can_be_checked_by_whom_it_is_for(rotating: Range) -> None:
    client = Client(rotating)
    text = client.door.introspect_signed(client.access_token, "gate-1")
    (key,) = rotating.authority.public.jwks()["keys"]
    header = jwt.get_unverified_header(text)
    assert header["typ"] == "token-introspection+jwt"
    claims = jwt.decode(text, jwt.PyJWK(key), audience="gate-1", options={"verify_iat": False})
    assert claims["iss"] == rotating.authority.issuer
    assert claims["token_introspection"]["active"] is True
    assert claims["token_introspection"]["client_id"] == client.tester_id
    with pytest.raises(errors.ForgedToken):
        rotating.admit(text)


def test_a_refresh_token_that_is_revoked_takes_its_family_along(rotating: Range) -> None:
    client = Client(rotating)
    client.door.revoke(client.refresh_token, client.applicant)
    assert client.actives() == (False, False)
    (revoked,) = rotating.of(Revoked)
    assert isinstance(revoked.scope, FamilyScope)
    assert revoked.by == client.tester_id


def test_an_access_token_that_is_revoked_goes_alone(rotating: Range) -> None:
    client = Client(rotating)
    client.door.revoke(client.access_token, client.applicant)
    assert client.actives() == (False, True)


def test_a_spent_refresh_token_still_names_its_family(rotating: Range) -> None:
    client = Client(rotating)
    grant = client.door.refresh(client.applicant, client.refresh_token)
    client.door.revoke(client.refresh_token, client.applicant)
    assert not client.door.introspect(str(grant.refresh_token)).active


def test_what_is_unknown_over_or_anothers_is_left_alone_and_nothing_is_said(rotating: Range) -> None:
    client, other = Client(rotating), Client(rotating)
    for token in ("", "x", client.key, other.access_token, other.refresh_token):
        client.door.revoke(token, client.applicant)
    assert not rotating.of(Revoked)
    assert other.actives() == (True, True)
    for _ in range(2):
        client.door.revoke(client.refresh_token, client.applicant)
        client.door.revoke(client.access_token, client.applicant)
    assert len(rotating.of(Revoked)) == 1


def test_staff_revoke_anybodys_tokens_and_strangers_nobodys(rotating: Range) -> None:
    client = Client(rotating)
    with pytest.raises(errors.ClientInvalid):
        client.door.revoke(client.access_token, Applicant(client.tester_id, "llk_wrong", "-"))
    client.door.revoke(client.access_token)
    client.door.revoke(client.refresh_token, by="gates")
    assert [event.by for event in rotating.of(Revoked)] == ["operator", "gates"]
