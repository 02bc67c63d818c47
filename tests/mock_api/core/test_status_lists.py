"""Places in status lists, what is said there, and how verifiers read it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from msgspec.structs import replace

from mock_api.core.enforcement import InProcess, StatusLists
from mock_api.core.errors import NotFound, Refusal
from mock_api.core.events import StatusListOpened, TokenIssued
from mock_api.core.scopes import AllScope, CohortScope, FamilyScope, Scope, TesterScope, TokenScope
from mock_api.core.status_codec import INVALID, SUSPENDED, VALID, compress, decompress, status_at
from mock_api.core.status_reader import StatusListReader

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

Opener = Callable[..., "Range"]
SMALL = StatusLists(size=64, ttl=10.0)


@pytest.fixture
def listed(open_range: Opener) -> Range:
    """A range that publishes lists of 64 places."""
    return open_range(enforcement=SMALL)


def status(opened: Range, token: str) -> int | None:
    """What the list says of a token."""
    claims = opened.authority.access_tokens.decode(token)
    assert claims.status is not None
    uri, index = claims.status
    content = opened.authority.gates.status_list(uri)
    return status_at(content.statuses, content.bits, index)


def places(opened: Range, count: int) -> list[tuple[str, int]]:
    """Where `count` new tokens stand."""
    tester_id, key = opened.invite()
    tokens = [opened.token(tester_id, key) for _ in range(count)]
    found = [opened.authority.access_tokens.decode(token).status for token in tokens]
    return [each for each in found if each is not None]


def test_a_token_carries_its_place_only_where_the_policy_publishes_lists(the_range: Range, listed: Range) -> None:
    _, without = the_range.tester_with_token()
    assert the_range.authority.access_tokens.decode(without).status is None
    assert the_range.of(TokenIssued)[0].status_index is None
    _, token = listed.tester_with_token()
    (event,) = listed.of(TokenIssued)
    assert listed.authority.access_tokens.decode(token).status == (
        "https://leaklab.invalid/status-lists/1", event.status_index
    )


def test_no_place_is_given_twice_and_a_full_list_is_followed_by_another(listed: Range) -> None:
    given = places(listed, 150)
    assert len(set(given)) == 150
    opened = listed.of(StatusListOpened)
    assert [(event.number, event.size, event.bits, event.decoys) for event in opened] == [
        (number, 64, 2, 6) for number in (1, 2, 3)
    ]
    by_list = [[index for uri, index in given if uri.endswith(f"/{number}")] for number in (1, 2, 3)]
    assert [len(indexes) for indexes in by_list] == [58, 58, 34]
    assert by_list[0] != sorted(by_list[0])
    assert listed.authority.status_lists.uris(listed.clock.now()) == [
        f"https://leaklab.invalid/status-lists/{number}" for number in (1, 2, 3)
    ]


def test_a_restart_gives_out_no_place_that_is_taken(listed: Range) -> None:
    taken = set(places(listed, 40))
    log = list(listed.events)
    listed.authority = listed.fresh_authority(listed.events)
    listed.authority.replay(log)
    assert not taken & set(places(listed, 40))


def test_decoys_look_like_tokens_and_stay_as_they_are(open_range: Opener) -> None:
    opened = open_range(enforcement=StatusLists(size=64, decoys=0.5))
    places(opened, 1)
    content = opened.authority.status_lists.content(1, opened.clock.now())
    said = [status_at(content.statuses, 2, index) for index in range(64)]
    assert (said.count(INVALID), said.count(VALID)) == (16, 48)
    assert opened.replayed().status_lists.content(1, opened.clock.now()).statuses == content.statuses


@pytest.mark.parametrize("kind", ["token", "tester", "cohort", "issued_before", "all"])
def test_what_is_revoked_is_invalid_in_the_list(listed: Range, kind: str) -> None:
    _, token = listed.tester_with_token("artists")
    listed.clock.advance(1.0)
    _, other = listed.tester_with_token("red-team")
    assert (status(listed, token), status(listed, other)) == (VALID, VALID)
    listed.authority.responder.revoke(listed.scope_around(token, kind), "leaked", "operator")
    assert (status(listed, token), status(listed, other)) == (INVALID, INVALID if kind == "all" else VALID)


@pytest.mark.parametrize("scope", [TokenScope, TesterScope, CohortScope])
@pytest.mark.parametrize("bits", [1, 2])
def test_what_is_suspended_is_told_if_two_bits_allow(open_range: Opener, scope: type[Any], bits: Any) -> None:
    opened = open_range(enforcement=replace(SMALL, bits=bits))
    _, token = opened.tester_with_token("artists")
    kinds: dict[type, str] = {TokenScope: "token", TesterScope: "tester", CohortScope: "cohort"}
    around: Scope = opened.scope_around(token, kinds[scope])
    opened.authority.responder.suspend(around, 60.0, "odd", "operator")
    assert status(opened, token) == (SUSPENDED if bits == 2 else VALID)
    opened.clock.advance(60.0)
    assert status(opened, token) == VALID
    opened.authority.responder.pause("leak", "operator")
    assert status(opened, token) == (SUSPENDED if bits == 2 else VALID)
    opened.authority.responder.resume("over", "operator")
    opened.authority.operator.remove_tester(opened.authority.access_tokens.decode(token).tester_id, "operator")
    assert status(opened, token) == INVALID


def test_a_family_is_said_in_each_of_its_places(listed: Range) -> None:
    tester_id, _ = listed.tester_with_token()
    authority, now = listed.authority, listed.clock.now()
    subject = next(iter(authority.programme.tokens.values()))
    family = authority.families.descend(subject, now)
    assert family is not None
    index = authority.status_lists.draw(now)
    authority.record(TokenIssued(
        now, "at_1000", tester_id, subject.kid, now + 60.0, subject.scope, "-", family.family_id, index
    ))
    assert index is not None
    authority.responder.revoke(FamilyScope(family.family_id), "leaked", "operator")
    content = authority.status_lists.content(1, now)
    assert status_at(content.statuses, content.bits, index) == INVALID
    assert subject.place is not None
    assert status_at(content.statuses, content.bits, subject.place.index) == VALID


def test_a_signed_list_is_kept_until_something_changes_or_half_its_time_is_over(listed: Range) -> None:
    _, token = listed.tester_with_token()
    lists, now = listed.authority.status_lists, listed.clock.now()
    first = lists.signed(1, now)
    listed.tester_with_token()
    assert lists.signed(1, now + 4.9) is first
    assert lists.signed(1, now + 5.0) is not first
    kept = lists.signed(1, now + 5.0)
    listed.authority.responder.revoke(TokenScope(listed.jti(token)), "leaked", "operator")
    changed = lists.signed(1, now + 5.0)
    assert changed is not kept
    listed.authority.operator.rotate_key("operator")
    assert lists.signed(1, now + 5.0).kid != changed.kid


def test_the_token_of_a_list_says_what_the_draft_asks_for(listed: Range) -> None:
    listed.tester_with_token()
    now = listed.clock.now()
    signed = listed.authority.status_lists.signed(1, now)
    (jwk,) = listed.authority.public.jwks()["keys"]
    assert jwt.get_unverified_header(signed.token) == {"alg": "EdDSA", "kid": jwk["kid"], "typ": "statuslist+jwt"}
    unchecked: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(signed.token, jwt.PyJWK(jwk), ["EdDSA"], unchecked)
    (said,) = (claims.pop("status_list"),)
    assert claims == {
        "sub": "https://leaklab.invalid/status-lists/1", "iat": int(now), "exp": int(now) + 20, "ttl": 10,
    }
    assert (said["bits"], said["aggregation_uri"]) == (2, "https://leaklab.invalid/status-lists")
    assert decompress(said["lst"]) == listed.authority.status_lists.content(1, now).statuses


def test_a_reader_reads_it_and_refuses_everything_else(listed: Range) -> None:
    listed.tester_with_token()
    authority, now = listed.authority, listed.clock.now()
    uri, token = authority.status_lists.uri(1), authority.status_lists.signed(1, now).token
    reader = StatusListReader(authority.keyring.keys)
    read = reader.read(uri, token.encode())
    assert read == replace(authority.gates.status_list(uri), issued_at=read.issued_at, expires_at=read.expires_at)
    assert (read.issued_at, read.expires_at, read.ttl) == (now, now + 20.0, 10.0)
    good: dict[str, Any] = {
        "sub": uri, "iat": int(now), "ttl": 5, "status_list": {"bits": 1, "lst": compress(bytes(8))},
    }
    kid = next(iter(authority.keyring.keys))

    def signed(kind: str = "statuslist+jwt", **claims: object) -> bytes:
        return authority.access_tokens.sign({**good, **claims}, kid, kind).encode()

    assert reader.read(uri, signed()).bits == 1
    other = f"{uri}0"
    bad = [
        (other, token.encode()), (uri, token[:-9].encode()), (uri, b"\xff"), (uri, b""), (uri, signed("at+jwt")),
        (uri, signed(sub=other)), (uri, signed(ttl=0)), (uri, signed(ttl=True)), (uri, signed(iat=None)),
        (uri, signed(status_list=None)), (uri, signed(status_list={"bits": 3, "lst": compress(bytes(8))})),
        (uri, signed(status_list={"bits": 1, "lst": "AAAA"})), (uri, signed(status_list={"bits": True, "lst": ""})),
    ]
    for address, text in bad:
        with pytest.raises(Refusal):
            reader.read(address, text)
    with pytest.raises(Refusal):
        StatusListReader({}).read(uri, token.encode())


def test_a_list_that_no_token_needs_is_told_of_no_longer_and_dropped_by_the_next(listed: Range) -> None:
    places(listed, 58)
    listed.clock.advance(4000.0)
    assert listed.authority.status_lists.uris(listed.clock.now()) == ["https://leaklab.invalid/status-lists/1"]
    places(listed, 1)
    assert listed.authority.status_lists.uris(listed.clock.now()) == ["https://leaklab.invalid/status-lists/2"]
    for uri in ("https://leaklab.invalid/status-lists/1", "https://leaklab.invalid/status-lists/x", "1", ""):
        with pytest.raises(NotFound):
            listed.authority.gates.status_list(uri)


def test_another_policy_gives_no_places_and_the_lists_stay(listed: Range) -> None:
    tester_id, token = listed.tester_with_token()
    policy = replace(listed.authority.policy, enforcement=InProcess())
    listed.authority.operator.adopt_policy(policy, "operator")
    assert places(listed, 1) == []
    listed.authority.responder.revoke(TesterScope(tester_id), "leaked", "operator")
    assert status(listed, token) == INVALID


def test_the_last_places_of_a_big_list_are_found(open_range: Opener) -> None:
    opened = open_range(enforcement=StatusLists(size=4096, decoys=0.0))
    given = places(opened, 4096)
    assert len(set(given)) == 4096
    assert {uri for uri, _ in given} == {"https://leaklab.invalid/status-lists/1"}


def test_a_cutoff_is_acknowledged_without_looking_at_the_places(open_range: Opener) -> None:
    opened = open_range(enforcement=StatusLists())
    places(opened, 200)
    published = opened.authority.status_lists._lists[1]
    before = bytes(published.statuses)
    opened.authority.responder.revoke(AllScope(), "leaked", "operator")
    assert (bytes(published.statuses), published.is_stale) == (before, True)
    began = time.perf_counter()
    content = opened.authority.status_lists.content(1, opened.clock.now())
    assert time.perf_counter() - began < 5.0
    said = [status_at(content.statuses, 2, index) for index in range(content.bits and 131_072)]
    assert said.count(INVALID) == 200 + 13_107 // 2
