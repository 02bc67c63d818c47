"""A token for another: never more than before, and bound to the fate of what it was given for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core import errors
from mock_api.core.blast_radius import measure
from mock_api.core.events import FamilyStarted, TokenDenied
from mock_api.core.issuance import Applicant
from mock_api.core.policy import Policy, Quota, Refresh
from mock_api.core.scopes import FamilyScope, Scope, TesterScope, TokenScope
from mock_api.core.token_exchange import ACCESS, JWT, REFRESH, TESTER_KEY, Exchange

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

Open = Callable[..., "Range"]
NOBODY = Applicant(None, None, "192.0.2.7 curl/8")


def exchange(opened: Range, subject: str, kind: str = ACCESS, **more: str) -> str:
    """The access token that is given for `subject`."""
    return opened.authority.client.exchange(NOBODY, Exchange(subject, kind, **more)).access_token


def refused(opened: Range, subject: str, kind: str = ACCESS, **more: str) -> type[errors.Refusal]:
    """The error of the exchange; it stands in the log."""
    with pytest.raises(errors.Refusal) as refusal:
        exchange(opened, subject, kind, **more)
    event = opened.events[-1]
    assert isinstance(event, TokenDenied)
    assert event.code == refusal.value.code
    return refusal.type


def is_admitted(opened: Range, token: str) -> bool:
    """Whether the gate lets the token in."""
    try:
        opened.admit(token)
    except errors.TokenRevoked:
        return False
    return True


def test_a_tester_key_is_exchanged_without_a_refresh_token_where_there_are_none(the_range: Range) -> None:
    tester_id, key = the_range.invite()
    grant = the_range.authority.client.exchange(NOBODY, Exchange(key, TESTER_KEY, JWT))
    assert (grant.issued_token_type, grant.token_type, bool(grant.refresh_token)) == (JWT, "Bearer", False)
    claims = the_range.authority.access_tokens.decode(grant.access_token)
    assert (claims.tester_id, claims.family) == (tester_id, None)


def test_a_refresh_token_alone_is_to_be_had_for_a_tester_key(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(idle=1000.0))
    tester_id, key = opened.invite()
    grant = opened.authority.client.exchange(NOBODY, Exchange(key, TESTER_KEY, REFRESH, "videos.read"))
    assert (grant.token_type, grant.issued_token_type, grant.expires_in) == ("N_A", REFRESH, 1000)
    assert not opened.authority.programme.tokens
    second = opened.authority.client.refresh(Applicant(tester_id, key, "-"), grant.access_token)
    opened.admit(second.access_token)
    assert second.scope == "videos.read"


def test_an_access_token_buys_a_narrower_one_that_does_not_outlive_it(the_range: Range) -> None:
    _, subject = the_range.tester_with_token()
    the_range.clock.advance(1000.0)
    grant = the_range.authority.client.exchange(NOBODY, Exchange(subject, JWT, scope="videos.read"))
    assert (grant.scope, grant.expires_in) == ("videos.read", 2600)
    the_range.admit(grant.access_token)
    with pytest.raises(errors.InsufficientScope):
        the_range.admit(grant.access_token, "videos.create")
    assert refused(the_range, grant.access_token, scope="videos.write") is errors.InvalidScope
    assert refused(the_range, subject, requested_token_type=REFRESH) is errors.Invalid


def test_all_that_descends_from_a_token_is_one_family(the_range: Range) -> None:
    _, subject = the_range.tester_with_token()
    child, other = exchange(the_range, subject), exchange(the_range, subject)
    grandchild = exchange(the_range, child)
    decode = the_range.authority.access_tokens.decode
    assert len({decode(token).family for token in (child, other, grandchild)}) == 1
    assert len(the_range.of(FamilyStarted)) == 1
    assert decode(subject).family is None


@pytest.mark.parametrize("kind", ["token", "family", "tester"])
def test_what_descends_dies_with_its_subject_its_family_its_tester(the_range: Range, kind: str) -> None:
    tester_id, subject = the_range.tester_with_token()
    descendants = [child := exchange(the_range, subject), exchange(the_range, child, scope="videos.read")]
    _, stranger = the_range.tester_with_token()
    family = the_range.authority.access_tokens.decode(child).family
    assert family is not None
    scopes: dict[str, Scope] = {
        "token": TokenScope(the_range.jti(subject)), "family": FamilyScope(family), "tester": TesterScope(tester_id),
    }
    the_range.authority.responder.revoke(scopes[kind], "leaked", "operator")
    assert [is_admitted(the_range, token) for token in descendants] == [False, False]
    assert is_admitted(the_range, subject) == (kind == "family")
    assert is_admitted(the_range, stranger)


def test_a_subject_whose_family_was_revoked_begins_no_other(the_range: Range) -> None:
    _, subject = the_range.tester_with_token()
    family = the_range.authority.access_tokens.decode(exchange(the_range, subject)).family
    the_range.authority.responder.revoke(FamilyScope(str(family)), "leaked", "operator")
    assert refused(the_range, subject) is errors.InvalidSubject
    the_range.authority.operator.adopt_policy(Policy(name="short", token_lifetime=10.0), "operator")
    the_range.clock.advance(3500.0)
    assert refused(the_range, subject) is errors.InvalidSubject
    assert is_admitted(the_range, subject)


def test_an_exchange_within_a_refresh_family_stays_in_it(open_range: Open) -> None:
    opened = open_range(refresh=Refresh())
    _, key = opened.invite()
    grant = opened.authority.client.exchange(NOBODY, Exchange(key, TESTER_KEY))
    child = exchange(opened, grant.access_token, scope="videos.read")
    family = opened.authority.families.of(str(grant.refresh_token))
    assert family is not None
    assert opened.authority.access_tokens.decode(child).family == family.family_id
    opened.authority.responder.revoke(FamilyScope(family.family_id), "leaked", "operator")
    assert not is_admitted(opened, child)


def test_what_was_exchanged_within_a_family_dies_with_its_subject(open_range: Open) -> None:
    opened = open_range(refresh=Refresh())
    tester_id, key = opened.invite()
    grant = opened.authority.client.exchange(NOBODY, Exchange(key, TESTER_KEY))
    child = exchange(opened, grant.access_token)
    scope, now = TokenScope(opened.jti(grant.access_token)), opened.clock.now()
    assert measure(opened.authority, scope, now).tokens == 2
    opened.authority.responder.revoke(scope, "leaked", "operator")
    assert [is_admitted(opened, token) for token in (grant.access_token, child)] == [False, False]
    with pytest.raises(errors.InvalidGrant):  # Whoever exchanged may be whoever refreshes.
        opened.authority.client.refresh(Applicant(tester_id, key, "-"), str(grant.refresh_token))


def test_a_grandchild_dies_with_the_child_it_was_exchanged_for_and_the_subject_lives(the_range: Range) -> None:
    _, subject = the_range.tester_with_token()
    child, sister = exchange(the_range, subject), exchange(the_range, subject)
    grandchild = exchange(the_range, child)
    assert measure(the_range.authority, TokenScope(the_range.jti(sister)), the_range.clock.now()).tokens == 1
    the_range.authority = the_range.replayed()  # The log alone knows of the exchange.
    the_range.authority.client.revoke(child)
    assert [is_admitted(the_range, token) for token in (child, grandchild, subject)] == [False, False, True]


def test_a_token_of_a_family_that_was_not_exchanged_goes_alone(open_range: Open) -> None:
    opened = open_range(refresh=Refresh())
    tester_id, key = opened.invite()
    grant = opened.authority.client.exchange(NOBODY, Exchange(key, TESTER_KEY))
    child = exchange(opened, grant.access_token)
    opened.authority.client.revoke(child)
    assert [is_admitted(opened, token) for token in (child, grant.access_token)] == [False, True]
    opened.authority.client.refresh(Applicant(tester_id, key, "-"), str(grant.refresh_token))


def test_a_revoked_expired_or_foreign_subject_buys_nothing(the_range: Range) -> None:
    tester_id, key = the_range.invite()
    token = the_range.token(tester_id, key)
    for nonsense in ("", "a.b.c", "ey", key):
        assert refused(the_range, nonsense) is errors.InvalidSubject
    for nonsense in ("", token, "llk_" + "0" * 38):
        assert refused(the_range, nonsense, TESTER_KEY) is errors.InvalidSubject
    assert refused(the_range, key, f"{ACCESS[:-12]}id_token") is errors.Invalid
    the_range.clock.advance(3600.0)
    assert refused(the_range, token) is errors.InvalidSubject
    token = the_range.token(tester_id, key)
    the_range.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert refused(the_range, token) is errors.InvalidSubject
    assert refused(the_range, key, TESTER_KEY) is errors.InvalidSubject


def test_what_stops_a_tester_stops_the_exchange(the_range: Range) -> None:
    tester_id, key = the_range.invite()
    token = the_range.token(tester_id, key)
    responder = the_range.authority.responder
    responder.suspend(TesterScope(tester_id), 60.0, "odd", "operator")
    assert refused(the_range, token) is refused(the_range, key, TESTER_KEY) is errors.TesterSuspended
    the_range.clock.advance(60.0)
    responder.pause("leak", "operator")
    assert refused(the_range, token) is refused(the_range, key, TESTER_KEY) is errors.ProgrammePaused
    responder.resume("over", "operator")
    the_range.authority.operator.remove_tester(tester_id, "operator")
    assert refused(the_range, token) is refused(the_range, key, TESTER_KEY) is errors.TesterInactive


def test_there_is_one_target_and_one_account(the_range: Range) -> None:
    tester_id, key = the_range.invite()
    token = the_range.token(tester_id, key)
    audience = the_range.authority.audience
    exchange(the_range, token, audience=audience, resource=audience, account=tester_id)
    for target in ({"audience": "https://other.invalid"}, {"resource": "https://other.invalid"}, {"account": "other"}):
        assert refused(the_range, token, **target) is errors.InvalidTarget
    assert refused(the_range, token, requested_token_type=TESTER_KEY) is errors.Invalid


def test_a_client_that_shows_itself_must_be_the_subjects_own(the_range: Range) -> None:
    tester_id, key = the_range.invite()
    other_id, other_key = the_range.invite()
    token = the_range.token(tester_id, key)
    wanted = Exchange(token, ACCESS)
    the_range.authority.client.exchange(Applicant(tester_id, key, "-"), wanted)
    with pytest.raises(errors.InvalidSubject):
        the_range.authority.client.exchange(Applicant(other_id, other_key, "-"), wanted)
    with pytest.raises(errors.ClientInvalid):
        the_range.authority.client.exchange(Applicant(tester_id, other_key, "-"), wanted)
    with pytest.raises(errors.InvalidSubject):
        the_range.authority.client.exchange(Applicant(other_id, None, "-"), wanted)


def test_exchange_stays_within_the_quota_and_begins_no_family_in_vain(open_range: Open) -> None:
    opened = open_range(quota=Quota(live_tokens=1), refresh=Refresh())
    tester_id, key = opened.invite()
    token = opened.token(tester_id, key)
    assert refused(opened, token) is errors.TooManyTokens
    assert refused(opened, key, TESTER_KEY) is errors.TooManyTokens
    assert not opened.of(FamilyStarted)


def test_a_lineage_leaves_memory_with_its_last_token(the_range: Range) -> None:
    _, subject = the_range.tester_with_token()
    exchange(the_range, subject)
    families = the_range.authority.families
    the_range.clock.advance(3600.0 * 2)
    the_range.authority.settle()
    assert not families.families
    assert not families._by_subject
