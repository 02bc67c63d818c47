"""What scopes cover."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from mock_api.core.programme import IssuedToken, Tester
from mock_api.core.reach import Reach
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

TESTERS = {
    "ada": Tester("ada", "Ada", "artists", None, 0.0),
    "ben": Tester("ben", "Ben", "red-team", None, 0.0),
}
instants = st.floats(0, 100) | st.integers(0, 10).map(float)
tokens = st.builds(
    lambda tester_id, **rest: IssuedToken(
        tester_id=tester_id, cohort=TESTERS[tester_id].cohort, scope="videos.read", **rest
    ),
    expires_at=st.just(1e9),
    jti=st.sampled_from(["at_1", "at_2"]),
    tester_id=st.sampled_from(sorted(TESTERS)),
    kid=st.sampled_from(["key_1", "key_2"]),
    issued_at=instants,
    family=st.sampled_from([None, "family_1", "family_2"]),
)
scopes: st.SearchStrategy[Scope] = st.one_of(
    st.builds(TokenScope, jti=st.sampled_from(["at_1", "at_2"])),
    st.builds(TesterScope, tester_id=st.sampled_from([*sorted(TESTERS), "nobody"])),
    st.builds(CohortScope, cohort=st.sampled_from(["artists", "red-team", "nobody"])),
    st.builds(KeyScope, kid=st.sampled_from(["key_1", "key_2"])),
    st.builds(FamilyScope, family_id=st.sampled_from(["family_1", "family_2"])),
    st.builds(IssuedBeforeScope, instant=instants),
    st.just(AllScope()),
)


def reach_of(*revocations: tuple[Scope, float]) -> Reach:
    reach = Reach()
    for scope, at in revocations:
        reach.add(scope, at)
    return reach


def covers(scope: Scope, at: float, token: IssuedToken) -> bool:
    """What the scopes' docstrings say, word by word."""
    match scope:
        case TokenScope(jti=jti):
            return token.jti == jti
        case KeyScope(kid=kid):
            return token.kid == kid
        case FamilyScope(family_id=family_id):
            return token.family == family_id
        case TesterScope(tester_id=tester_id):
            return token.tester_id == tester_id and token.issued_at <= at
        case CohortScope(cohort=cohort):
            return TESTERS[token.tester_id].cohort == cohort and token.issued_at <= at
        case IssuedBeforeScope(instant=instant):
            return token.issued_at <= instant
    return token.issued_at <= at


@given(token=tokens, revocations=st.lists(st.tuples(scopes, instants), max_size=6))
def test_the_index_covers_what_any_of_its_scopes_covers(
    token: IssuedToken, revocations: list[tuple[Scope, float]]
) -> None:
    expected = any(covers(scope, at, token) for scope, at in revocations)
    assert reach_of(*revocations).covers(token) == expected


@given(scope=scopes, first=instants, second=instants)
def test_two_cutoffs_in_any_order_equal_the_later_one(scope: Scope, first: float, second: float) -> None:
    later = reach_of((scope, max(first, second)))
    assert reach_of((scope, first), (scope, second)) == later
    assert reach_of((scope, second), (scope, first)) == later


@given(first=instants, second=instants)
def test_two_issued_before_cutoffs_equal_the_later_one(first: float, second: float) -> None:
    later = reach_of((IssuedBeforeScope(max(first, second)), 100.0))
    for order in permutations([first, second]):
        assert reach_of(*((IssuedBeforeScope(instant), 100.0) for instant in order)) == later


@given(revocations=st.lists(st.tuples(scopes, instants), max_size=4), token=tokens)
def test_the_order_of_revocations_does_not_matter(
    revocations: list[tuple[Scope, float]], token: IssuedToken
) -> None:
    assert {reach_of(*order).covers(token) for order in permutations(revocations)} in ({True}, {False})


def test_what_was_issued_at_the_cutoff_itself_is_covered() -> None:
    token = IssuedToken(1e9, "at_1", "ada", "key_1", 5.0, "videos.read", "artists")
    assert reach_of((IssuedBeforeScope(5.0), 9.0)).covers(token)
    assert not reach_of((IssuedBeforeScope(4.999), 9.0)).covers(token)


@given(scope=scopes, at=instants, token=tokens)
def test_a_covered_tester_is_one_whose_new_tokens_are_covered(
    scope: Scope, at: float, token: IssuedToken
) -> None:
    if not isinstance(scope, TokenScope | KeyScope | FamilyScope):
        tester = TESTERS[token.tester_id]
        assert reach_of((scope, at)).covers_tester(tester, token.issued_at) == covers(scope, at, token)
