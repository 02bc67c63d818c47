"""What must hold of revocation, each told as a small history that is played and then read.

Every invariant takes the exhibits that are on, plays its history against a range with them, and raises AssertionError
if it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from random import Random

from mock_api.core import errors, museum
from mock_api.core.access_tokens import Claims
from mock_api.core.enforcement import Enforcement, KeyRotation, Pull, Push
from mock_api.core.enforcement.questions import Question
from mock_api.core.enforcement.view import Arrival
from mock_api.core.errors import Refusal
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.policy import ExhibitName, Policy, Quota, Refresh
from mock_api.core.reach import Reach
from mock_api.core.scopes import AllScope, CohortScope, IssuedBeforeScope, KeyScope, Scope, TesterScope
from mock_api.core.token_exchange import TESTER_KEY, Exchange
from policy_lab.history import Request, Revocation, check
from tests.mock_api.core.conftest import ORIGIN, Range
from tests.mock_api.core.enforcement.conftest import Front, answer_of

Exhibits = Sequence[ExhibitName]
NOBODY = Applicant(None, None, ORIGIN)


def a_range(exhibits: Exhibits, **knobs: object) -> Range:
    """An open range with the exhibits on and some knobs turned."""
    opened = Range()
    opened.authority.open(Policy(name="museum", exhibits=tuple(exhibits), **knobs))  # type: ignore[arg-type]
    return opened


def a_gate(exhibits: Exhibits, opened: Range, declared: Enforcement) -> Front:
    """A gate in front with the exhibits on, whose every question is answered."""
    gate = Front(declared)
    museum.hang_at_gate(gate.point, exhibits)

    def ask(question: Question, claims: Claims | None) -> object:
        return answer_of(opened.authority, question, None if claims is None else TEXTS[claims.jti])

    gate.ask = ask  # type: ignore[assignment]  # Whatever the authority answers is an answer.
    return gate


TEXTS: dict[str, str] = {}  # tokens by `jti`: a gate holds the text of what it asks about


def admitted(opened: Range, token: str) -> bool:
    """Whether the authority's own gate lets the token in."""
    try:
        opened.admit(token)
    except Refusal:
        return False
    return True


def nothing_is_admitted_after_the_acknowledgement(exhibits: Exhibits) -> None:
    """In a random history no request that starts after its token's revocation was acknowledged is let in."""
    opened, luck = a_range(exhibits), Random(7)
    people = [opened.invite(("artists", "red-team")[number % 2]) for number in range(6)]
    tokens: dict[str, Claims] = {}
    requests: list[Request] = []
    revocations: list[Revocation] = []
    for _ in range(600):
        opened.clock.advance(luck.expovariate(0.5))
        now, verb = opened.clock.now(), luck.choices(("buy", "use", "revoke"), (20, 75, 5))[0]
        if verb == "buy" or not tokens:
            tester_id, key = people[luck.randrange(6)]
            try:
                token = opened.token(tester_id, key)
            except errors.ClientInvalid:
                opened.authority.operator.reissue_key(tester_id, "operator")
                continue
            tokens[token] = opened.authority.access_tokens.decode(token)
        elif verb == "use":
            token = luck.choice(list(tokens))
            jti = tokens[token].jti
            requests.append(Request(now, now, "gate", jti, 200 if admitted(opened, token) else 401))
            asked = opened.authority.gates.introspect(token).active
            requests.append(Request(now, now, "introspection", jti, 200 if asked else 401))
        else:
            kind = luck.choice(("token", "tester", "cohort", "key"))
            scope = opened.scope_around(luck.choice(list(tokens)), kind)
            opened.authority.responder.revoke(scope, "leak", "operator")
            reach = Reach()
            reach.add(scope, now)
            covered = tuple(claims.jti for claims in tokens.values() if reach.covers(claims))
            revocations.append(Revocation(covered, now, now, scope=kind))
    findings = check(requests, revocations, 0.0)
    assert findings.asked_after > 50
    assert findings.holds, findings.violations[:3]


def the_later_cutoff_wins(exhibits: Exhibits) -> None:
    """Whatever was cut off before, a cutoff stops all that was issued until it."""
    wide: dict[str, Callable[[float, str], Scope]] = {
        "an old instant": lambda now, _: IssuedBeforeScope(now - 1000.0),
        "all": lambda *_: AllScope(),
        "cohort": lambda *_: CohortScope("artists"),
        "tester": lambda _, tester_id: TesterScope(tester_id),
    }
    for first, second in product(wide, wide):
        opened = a_range(exhibits)
        tester_id, key = opened.invite("artists")
        opened.clock.advance(100.0)
        opened.authority.responder.revoke(wide[first](opened.clock.now(), tester_id), "leak", "operator")
        opened.clock.advance(100.0)
        key = opened.authority.operator.reissue_key(tester_id, "operator").tester_key
        token, other = opened.token(tester_id, key), opened.token(tester_id, key)
        assert admitted(opened, other), f"a token newer than the cutoff of {first} is good"
        opened.clock.advance(100.0)
        opened.authority.responder.revoke(wide[second](opened.clock.now(), tester_id), "leak", "operator")
        expected = second == "an old instant"
        assert admitted(opened, token) == expected, f"{first}, then {second}"


def nothing_is_admitted_past_its_exp(exhibits: Exhibits) -> None:
    """A token is good until its `exp` and not at it, though nobody sweeps."""
    opened = a_range(exhibits, token_lifetime=600.0)
    tester_id, key = opened.invite()
    token = opened.token(tester_id, key)
    opened.clock.advance(599.9)
    assert admitted(opened, token)
    for later in (0.1, 1.0, 3600.0):
        opened.clock.advance(later)
        assert not admitted(opened, token), f"used {later} s past its end"
    opened.token(tester_id, key)
    assert not admitted(opened, token)


def reuse_ends_a_family_at_constant_cost(exhibits: Exhibits) -> None:
    """What a reuse leaves in the log does not depend on the size of the family, and the family is dead."""
    costs = []
    for size in (2, 50):
        opened = a_range(exhibits, refresh=Refresh(bound_to_client=False))
        grants = [_first_pair(opened)]
        for _ in range(size):
            opened.clock.advance(1.0)
            grants.append(_refreshed(opened, grants[-1]))
        before = len(opened.events)
        opened.clock.advance(1.0)
        assert _tries(opened, grants[0], 1) == []
        costs.append(len(opened.events) - before)
        assert not any(admitted(opened, grant.access_token) for grant in grants)
    assert costs[0] == costs[1], f"{costs[0]} events for 3 members, {costs[1]} for 51"


def an_open_stream_ends_within_the_bound(exhibits: Exhibits) -> None:
    """An answer under way, judged again every second, is cut off within the bound of its gate."""
    for declared in (Push(), Pull(every=10.0, timeout=5.0)):
        opened = a_range(exhibits, enforcement=declared)
        gate, claims = _inside(exhibits, opened, declared)
        bound = declared.bound(opened.authority.policy.token_lifetime)
        opened.clock.advance(5.0)
        opened.authority.responder.revoke(TesterScope(claims.tester_id), "leak", "operator")
        _tell(opened, gate)
        opened.clock.advance(1.0)
        while _goes_on(gate, claims, opened.clock.now()):
            bound -= 1.0
            assert bound >= -1.0, f"still streaming after the bound, under {declared!r}"
            opened.clock.advance(1.0)
            _tell(opened, gate)


def parallel_requests_never_exceed_the_quota(exhibits: Exhibits) -> None:
    """Of many requests at once no more are let in than a minute allows."""
    opened = a_range(exhibits, quota=Quota(requests_per_minute=20))
    _, token = opened.tester_with_token()
    for gap in (0.0, 0.0001, 0.1):
        opened.clock.advance(61.0)
        let_in = 0
        for _ in range(60):
            opened.clock.advance(gap)
            let_in += admitted(opened, token)
        assert let_in == 20, f"{let_in} of 60 requests, {gap} s apart, under a limit of 20"


def a_refresh_token_has_one_living_descendant_at_most(exhibits: Exhibits) -> None:
    """However many use one refresh token at once, at most one of the tokens they buy works."""
    for parallel, gap in product((2, 3, 50), (0.0, 0.0001)):
        opened = a_range(exhibits, refresh=Refresh(bound_to_client=False))
        first = _first_pair(opened)
        opened.clock.advance(10.0)
        bought = _tries(opened, first, parallel, gap)
        assert bought
        living = [grant for grant in bought if admitted(opened, grant.access_token)]
        assert len(living) <= 1, f"{len(living)} living descendants after {parallel} parallel refreshes"


def a_removed_key_is_refused_within_the_bound(exhibits: Exhibits) -> None:
    """Gates that know the key set alone refuse a key that was taken out, and take the new one."""
    declared = KeyRotation(max_age=60.0, timeout=5.0)
    opened = a_range(exhibits, enforcement=declared)
    gate, claims = _inside(exhibits, opened, declared)
    opened.authority.responder.revoke(KeyScope(claims.kid), "leak", "operator")
    for _ in range(66):
        opened.clock.advance(1.0)
        gate.tend(opened.clock.now())
    assert gate.verdict(claims, opened.clock.now()) != "admitted", "66 s after its key was taken out"
    _, token = opened.tester_with_token()
    newer = opened.authority.access_tokens.decode(token)
    assert gate.verdict(newer, opened.clock.now()) == "admitted"
    assert gate.verdict(claims, opened.clock.now()) != "admitted", "after the new key was learnt"


INVARIANTS: dict[str, Callable[[Exhibits], None]] = {
    "nothing is admitted after the acknowledgement": nothing_is_admitted_after_the_acknowledgement,
    "the later cutoff wins": the_later_cutoff_wins,
    "nothing is admitted past its exp": nothing_is_admitted_past_its_exp,
    "reuse ends a family at constant cost": reuse_ends_a_family_at_constant_cost,
    "an open stream ends within the bound": an_open_stream_ends_within_the_bound,
    "parallel requests never exceed the quota": parallel_requests_never_exceed_the_quota,
    "a refresh token has one living descendant at most": a_refresh_token_has_one_living_descendant_at_most,
    "a removed key is refused within the bound": a_removed_key_is_refused_within_the_bound,
}


def broken_by(exhibits: Exhibits) -> dict[str, str]:
    """The invariants that do not hold with these exhibits on, and how that showed."""
    broken = {}
    for name, hold in INVARIANTS.items():
        try:
            hold(exhibits)
        except AssertionError as error:
            broken[name] = str(error)
    return broken


def _inside(exhibits: Exhibits, opened: Range, declared: Enforcement) -> tuple[Front, Claims]:
    """A gate that has just let a token in."""
    _, token = opened.tester_with_token()
    claims, now = opened.authority.access_tokens.decode(token), opened.clock.now()
    TEXTS[claims.jti] = token
    gate = a_gate(exhibits, opened, declared)
    gate.tend(now)
    assert gate.verdict(claims, now) == "admitted"
    return gate, claims


def _tell(opened: Range, gate: Front) -> None:
    """All that the authority tells of itself, and all that the gate asks."""
    now, gates = opened.clock.now(), opened.authority.gates
    for notice in opened.authority.feed.since(0) or ():
        gate.view.hear(notice, now)
    gate.view.hear(gates.pulse(), now)
    gate.tend(now)


def _goes_on(gate: Front, claims: Claims, now: float) -> bool:
    """Whether an answer under way may go on."""
    try:
        while (question := gate.point.judge_again(claims, Arrival(now), now)) is not None:
            assert gate.carry(question, now, claims)
    except Refusal:
        return False
    return True


def _first_pair(opened: Range) -> TokenGrant:
    _, key = opened.invite()
    return opened.authority.client.exchange(NOBODY, Exchange(key, TESTER_KEY))


def _refreshed(opened: Range, grant: TokenGrant) -> TokenGrant:
    return opened.authority.client.refresh(NOBODY, str(grant.refresh_token))


def _tries(opened: Range, grant: TokenGrant, count: int, gap: float = 0.0) -> list[TokenGrant]:
    """What `count` uses of one refresh token buy."""
    bought = []
    for _ in range(count):
        opened.clock.advance(gap)
        try:
            bought.append(_refreshed(opened, grant))
        except Refusal:
            continue
    return bought
