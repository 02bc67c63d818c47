"""Refresh tokens rotate; who comes with a spent one ends what the policy says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core import errors, tester_keys
from mock_api.core.events import RefreshTokenIssued, RefreshTokenReused, Revoked, TokenDenied
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.policy import Policy, Quota, Refresh
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    Scope,
    TesterScope,
    TokenScope,
)
from mock_api.core.token_exchange import REFRESH, TESTER_KEY, Exchange

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

Open = Callable[..., "Range"]
NOBODY = Applicant(None, None, "192.0.2.7 curl/8")
DAY = 86_400.0


class Session:
    """A tester with a family: what came of the exchange of the tester key, and how to go on."""

    def __init__(self, opened: Range, cohort: str = "artists") -> None:
        self.range, self.client = opened, opened.authority.client
        self.tester_id, self.key = opened.invite(cohort)
        self.applicant = Applicant(self.tester_id, self.key, "192.0.2.7 curl/8")
        self.first = self.client.exchange(NOBODY, Exchange(self.key, TESTER_KEY))

    @property
    def family_id(self) -> str:
        """The family of the exchange."""
        family = self.range.authority.families.of(str(self.first.refresh_token))
        assert family is not None
        return family.family_id

    def refresh(self, grant: TokenGrant, scope: str | None = None) -> TokenGrant:
        """The next pair."""
        return self.client.refresh(self.applicant, str(grant.refresh_token), scope)

    def refused(self, grant: TokenGrant, kind: type[errors.Refusal] = errors.InvalidGrant) -> None:
        """The refresh is refused, and the log says so."""
        with pytest.raises(kind) as refusal:
            self.refresh(grant)
        assert self.range.events[-1] == TokenDenied(
            self.range.clock.now(), self.tester_id, refusal.value.code, "192.0.2.7 curl/8"
        )

    def works(self, grant: TokenGrant) -> bool:
        """Whether the gate admits the access token."""
        try:
            self.range.admit(grant.access_token)
        except errors.TokenRevoked:
            return False
        return True


def looks_due(opened: Range) -> int:
    """How many times it is still to be looked whether a family is over."""
    look = opened.authority.families._look
    return sum(due == look for _, _, due, _ in opened.authority.forgetting._heap)


@pytest.fixture
def rotating(open_range: Open) -> Range:
    """A range that gives refresh tokens, strictly."""
    return open_range(refresh=Refresh())


def test_a_refresh_gives_a_new_pair_and_ends_the_old_token(rotating: Range) -> None:
    session = Session(rotating)
    second = session.refresh(session.first)
    third = session.refresh(second)
    assert len({session.first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    for grant in (session.first, second, third):
        assert session.works(grant)
        claims = rotating.authority.access_tokens.decode(grant.access_token)
        assert claims.family == session.family_id
        assert tester_keys.is_well_formed(str(grant.refresh_token), "llr")


def test_the_first_reuse_ends_the_family_by_one_revocation(rotating: Range) -> None:
    session = Session(rotating)
    second = session.refresh(session.first)
    session.refused(session.first)
    (revoked,) = rotating.of(Revoked)
    assert revoked.scope == FamilyScope(session.family_id)
    assert len(rotating.of(RefreshTokenReused)) == 1
    session.refused(second)
    assert not session.works(session.first)
    assert not session.works(second)
    session.refused(session.first)
    assert len(rotating.of(Revoked)) == len(rotating.of(RefreshTokenReused)) == 1


def test_a_token_that_was_spent_long_ago_still_ends_the_family(rotating: Range) -> None:
    session = Session(rotating)
    grant = session.first
    for _ in range(50):
        rotating.clock.advance(3000.0)
        grant = session.refresh(grant)
    session.refused(session.first)
    session.refused(grant)


def test_one_family_costs_the_same_after_many_rotations(rotating: Range) -> None:
    session = Session(rotating)
    grant = session.first
    for _ in range(40):
        rotating.clock.advance(3601.0)
        grant = session.refresh(grant)
    families = rotating.authority.families
    (family,) = families.families.values()
    assert len(family.tokens) == 1
    assert len(families._by_series) == 1
    assert looks_due(rotating) == 1


def test_a_reuse_ends_the_tester_where_the_policy_says_so(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(on_reuse="revoke_tester"))
    session = Session(opened)
    session.refresh(session.first)
    session.refused(session.first)
    assert opened.of(Revoked)[-1].scope == TesterScope(session.tester_id)
    with pytest.raises(errors.ClientInvalid):
        opened.token(session.tester_id, session.key)


def test_a_reuse_is_but_refused_where_the_policy_says_so(open_range: Open) -> None:
    session = Session(open_range(refresh=Refresh(on_reuse="refuse")))
    second = session.refresh(session.first)
    session.refused(session.first)
    assert session.works(session.refresh(second))


def test_within_the_grace_a_retry_replaces_what_was_given(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(grace=10.0))
    session = Session(opened)
    lost = session.refresh(session.first)
    opened.clock.advance(9.9)
    again = session.refresh(session.first)
    assert not session.works(lost)
    assert session.works(again)
    assert opened.of(RefreshTokenIssued)[-1].replaces
    assert opened.of(Revoked)[-1].scope == TokenScope(opened.jti(lost.access_token))
    third = session.refresh(again)
    assert session.works(third)
    session.refused(lost)
    assert not session.works(third)


def test_what_a_retry_replaced_is_no_retry_itself(open_range: Open) -> None:
    session = Session(open_range(refresh=Refresh(grace=10.0)))
    lost = session.refresh(session.first)
    again = session.refresh(session.first)
    session.refused(lost)
    assert not session.works(again)


def test_the_grace_ends_counted_from_the_first_use(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(grace=10.0))
    session = Session(opened)
    session.refresh(session.first)
    opened.clock.advance(6.0)
    session.refresh(session.first)
    opened.clock.advance(4.0)
    session.refused(session.first)
    assert opened.of(Revoked)[-1].scope == FamilyScope(session.family_id)


def test_there_is_no_grace_once_the_successor_was_used(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(grace=10.0))
    session = Session(opened)
    session.refresh(session.refresh(session.first))
    session.refused(session.first)
    assert opened.of(Revoked)[-1].scope == FamilyScope(session.family_id)


def test_there_is_no_grace_once_the_successors_access_token_was_exchanged(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(grace=10.0))
    session = Session(opened)
    second = session.refresh(session.first)
    access = "urn:ietf:params:oauth:token-type:access_token"
    descendant = session.client.exchange(NOBODY, Exchange(second.access_token, access))
    session.refused(session.first)
    assert not session.works(descendant)


def test_a_narrower_scope_is_for_once_and_a_wider_one_is_refused_without_spending(rotating: Range) -> None:
    opened = rotating
    session = Session(opened)
    narrow = session.refresh(session.first, "videos.read")
    assert narrow.scope == "videos.read"
    with pytest.raises(errors.InvalidScope):
        session.refresh(narrow, "admin")
    assert session.refresh(narrow).scope == "videos.read videos.write"


def test_no_more_than_was_granted_first_is_ever_granted(rotating: Range) -> None:
    session = Session(rotating)
    narrow = session.client.exchange(NOBODY, Exchange(session.key, TESTER_KEY, scope="videos.read"))
    with pytest.raises(errors.InvalidScope):
        session.refresh(narrow, "videos.read videos.write")
    assert session.refresh(narrow).scope == "videos.read"


def test_a_refresh_token_ends_when_it_lies_idle_and_a_family_at_its_age(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(lifetime=10 * DAY, idle=3 * DAY))
    idle = Session(opened)
    opened.clock.advance(3 * DAY)
    idle.refused(idle.first)
    busy = Session(opened)
    grant = busy.first
    for _ in range(4):
        opened.clock.advance(2.4 * DAY)
        grant = busy.refresh(grant)
    opened.clock.advance(0.4 * DAY)
    busy.refused(grant)


def test_an_access_token_does_not_outlive_its_family(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(lifetime=5000.0))
    session = Session(opened)
    opened.clock.advance(4000.0)
    assert session.refresh(session.first).expires_in == 1000


@pytest.mark.parametrize("kind", ["tester", "cohort", "all", "issued_before", "family"])
def test_whatever_stops_a_tester_stops_refreshing(rotating: Range, kind: str) -> None:
    session, other = Session(rotating), Session(rotating, "red-team")
    scopes: dict[str, Scope] = {
        "tester": TesterScope(session.tester_id), "cohort": CohortScope("artists"), "all": AllScope(),
        "issued_before": IssuedBeforeScope(rotating.clock.now()), "family": FamilyScope(session.family_id),
    }
    rotating.authority.responder.revoke(scopes[kind], "leaked", "operator")
    invalid = errors.InvalidGrant if kind in {"issued_before", "family"} else errors.ClientInvalid
    session.refused(session.first, invalid)
    if kind in {"tester", "cohort", "family"}:
        assert other.works(other.refresh(other.first))


@pytest.mark.parametrize("kind", ["tester", "all", "family"])
def test_a_new_tester_key_does_not_bring_a_revoked_family_back(rotating: Range, kind: str) -> None:
    session = Session(rotating)
    scope: dict[str, Scope] = {
        "tester": TesterScope(session.tester_id), "all": AllScope(), "family": FamilyScope(session.family_id),
    }
    rotating.authority.responder.revoke(scope[kind], "leaked", "operator")
    rotating.clock.advance(1.0)
    reissued = rotating.authority.operator.reissue_key(session.tester_id, "operator")
    session.applicant = session.applicant._replace(client_secret=reissued.tester_key)
    session.refused(session.first)


def test_who_has_left_or_is_suspended_or_finds_the_programme_paused_refreshes_nothing(rotating: Range) -> None:
    session = Session(rotating)
    responder = rotating.authority.responder
    suspended = responder.suspend(TesterScope(session.tester_id), 60.0, "odd", "operator")
    session.refused(session.first, errors.TesterSuspended)
    responder.lift(suspended, "operator")
    suspended = responder.suspend(FamilyScope(session.family_id), 60.0, "odd", "operator")
    session.refused(session.first, errors.TesterSuspended)
    responder.lift(suspended, "operator")
    responder.pause("leak", "operator")
    session.refused(session.first, errors.ProgrammePaused)
    responder.resume("over", "operator")
    second = session.refresh(session.first)
    rotating.authority.operator.remove_tester(session.tester_id, "operator")
    session.refused(second, errors.TesterInactive)


def test_another_clients_token_looks_unknown_and_is_left_alone(rotating: Range) -> None:
    session, other = Session(rotating), Session(rotating)
    with pytest.raises(errors.InvalidGrant) as foreign:
        other.refresh(session.first)
    with pytest.raises(errors.InvalidGrant) as unknown:
        session.client.refresh(session.applicant, tester_keys.mint(rotating.authority.secrets, "llr"))
    assert str(foreign.value) == str(unknown.value)
    assert session.works(session.refresh(session.first))


def test_the_client_proves_itself_unless_possession_is_enough(open_range: Open) -> None:
    strict = Session(open_range(refresh=Refresh()))
    with pytest.raises(errors.ClientInvalid):
        strict.client.refresh(NOBODY, str(strict.first.refresh_token))
    loose = Session(open_range(refresh=Refresh(bound_to_client=False)))
    second = loose.client.refresh(NOBODY, str(loose.first.refresh_token))
    third = loose.client.refresh(Applicant(loose.tester_id, None, "-"), str(second.refresh_token))
    with pytest.raises(errors.ClientInvalid):
        loose.client.refresh(Applicant(loose.tester_id, "llk_wrong", "-"), str(third.refresh_token))
    with pytest.raises(errors.InvalidGrant):
        loose.client.refresh(Applicant("another", None, "-"), str(third.refresh_token))
    assert loose.works(loose.refresh(third))


def test_a_policy_without_refresh_tokens_takes_none(rotating: Range) -> None:
    session = Session(rotating)
    rotating.authority.operator.adopt_policy(Policy(name="none"), "operator")
    session.refused(session.first, errors.UnsupportedGrant)
    grant = session.client.exchange(NOBODY, Exchange(session.key, TESTER_KEY))
    assert not grant.refresh_token
    with pytest.raises(errors.Invalid):
        session.client.exchange(NOBODY, Exchange(session.key, TESTER_KEY, requested_token_type=REFRESH))


def test_a_full_book_refuses_without_spending(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(), quota=Quota(live_tokens=2))
    session = Session(opened)
    second = session.refresh(session.first)
    session.refused(second, errors.TooManyTokens)
    opened.clock.advance(3600.0)
    assert session.works(session.refresh(second))


def test_there_are_only_so_many_families_and_revoked_or_idle_ones_do_not_count(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(idle=DAY), quota=Quota(live_families=2))
    session = Session(opened)
    ask = Exchange(session.key, TESTER_KEY)
    opened.clock.advance(DAY / 2)
    session.client.exchange(NOBODY, ask)
    with pytest.raises(errors.TooManyFamilies):
        session.client.exchange(NOBODY, ask)
    opened.clock.advance(DAY / 2)
    second = session.client.exchange(NOBODY, ask)
    with pytest.raises(errors.TooManyFamilies):
        session.client.exchange(NOBODY, ask)
    session.client.revoke(str(second.refresh_token), session.applicant)
    session.client.exchange(NOBODY, ask)


def test_families_that_are_over_leave_memory(open_range: Open) -> None:
    opened = open_range(refresh=Refresh(lifetime=2 * DAY, idle=DAY))
    for cohort in ("artists", "red-team") * 5:
        session = Session(opened, cohort)
        session.refresh(session.first)
        opened.clock.advance(600.0)
    dead = Session(opened).family_id
    opened.authority.responder.revoke(FamilyScope(dead), "leaked", "operator")
    families, register = opened.authority.families, opened.authority.register
    assert register.revoked.families == {dead}
    opened.clock.advance(3 * 3600.0)
    opened.authority.settle()
    assert dead not in families.families
    assert not register.revoked.families
    assert len(families.families) == 10
    opened.clock.advance(4 * DAY)
    opened.authority.settle()
    assert not families.families
    assert not families._by_series
    assert not families._by_tester
    assert looks_due(opened) == 0


def test_no_refresh_token_enters_the_log(rotating: Range) -> None:
    session = Session(rotating)
    second = session.refresh(session.first)
    session.refused(session.first)
    told = repr(rotating.events)
    for grant in (session.first, second):
        assert str(grant.refresh_token)[4:20] not in told
