"""The history checker finds what was planted, and nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_lab.history import Findings, Request, Revocation, check, read_requests, read_revocations

GATES = ("gate-1", "gate-2", "gate-3")
BOUND = 2.0


def asked(started: float, *, jti: str = "t", gate: str = "gate-1", status: int = 200, **more: str) -> Request:
    return Request(started, started + 0.01, gate, jti, status, **more)


def revoked(at: float = 10.0, *jtis: str, version: str | None = None) -> Revocation:
    return Revocation(jtis or ("t",), at - 0.005, at, version)


@pytest.mark.parametrize("status", [200, 202, 404, 409, 429])
def test_what_starts_after_the_acknowledgement_and_is_let_in_is_a_violation(status: int) -> None:
    found = check([asked(10.001, status=status)], [revoked()], 0.0)

    assert (found.violated, found.asked_after, found.let_in_after) == (1, 1, 1)
    assert found.violations[0].kind == "late"
    assert found.violations[0].by == pytest.approx(0.001)
    assert not found.holds


@pytest.mark.parametrize("status", [401, 403, 500, 502, 503, 0])
def test_what_is_refused_or_not_answered_is_none(status: int) -> None:
    found = check([asked(9.0), asked(10.001, status=status)], [revoked()], 0.0)

    assert found.violated == 0
    assert found.unanswered == (status == 0)
    assert found.holds


def test_a_request_under_way_at_the_acknowledgement_may_go_either_way() -> None:
    found = check([Request(9.999, 10.5, "gate-1", "t", 200), asked(10.0)], [revoked()], 0.0)

    assert (found.violated, found.asked_after) == (0, 0)


def test_a_history_that_put_nothing_to_the_test_proves_nothing() -> None:
    assert not check([asked(9.0), asked(50.0, jti="other")], [revoked()], 0.0).holds


def test_gates_that_refuse_everybody_prove_nothing() -> None:
    assert not check([asked(9.0, status=503), asked(10.1, status=503)], [revoked()], 0.0).holds
    assert check([asked(9.0, status=200), asked(10.1, status=503)], [revoked()], 0.0).holds


def test_within_the_bound_it_is_a_lag_and_beyond_it_a_violation() -> None:
    found = check([asked(11.5), asked(12.5, gate="gate-2"), asked(13.0, status=401)], [revoked()], BOUND)

    assert (found.violated, found.let_in_after) == (1, 2)
    assert found.violations[0].request.gate == "gate-2"
    assert (found.worst.longest, found.by_gate.median) == (2.5, 1.5)


def test_whoever_demands_a_view_that_knows_is_refused_at_once() -> None:
    revocation = revoked(version="key_1.7")
    newer, same, older, foreign = (
        asked(10.1, version=version) for version in ("key_1.8", "key_1.7", "key_1.6", "key_9.7")
    )

    found = check([newer, same, older, foreign], [revocation], BOUND)
    assert [violation.kind for violation in found.violations] == ["version", "version"]
    assert found.asked_with_version == 2


def test_the_first_of_two_revocations_counts() -> None:
    assert check([asked(11.0)], [revoked(20.0), revoked(10.0)], 0.5).violated == 1


def test_the_last_gate_of_each_revocation_is_the_worst() -> None:
    requests = [
        asked(10.1, jti="a"), asked(10.3, jti="a", gate="gate-2"), asked(11.0, jti="a", status=401),
        asked(20.7, jti="b"), asked(21.0, jti="b", gate="gate-2", status=401),
    ]
    found = check(requests, [revoked(10.0, "a"), revoked(20.0, "b")], BOUND)

    assert (found.worst.count, found.by_gate.count) == (2, 4)
    assert found.worst.median == pytest.approx(0.3)
    assert found.worst.longest == pytest.approx(0.7)


def test_a_history_is_read_from_its_files(tmp_path: Path) -> None:
    requests, revocations = [asked(9.0), asked(10.5, version="key_1.2")], [revoked(version="key_1.3")]
    encode = msgspec.json.Encoder().encode_lines
    (tmp_path / "requests.ndjson").write_bytes(encode(requests))
    (tmp_path / "revocations.ndjson").write_bytes(encode(revocations))

    read = check(
        read_requests(tmp_path / "requests.ndjson"), read_revocations(tmp_path / "revocations.ndjson"), BOUND
    )
    assert read == check(requests, revocations, BOUND)
    assert (read.requests, read.let_in_after) == (2, 1)


# --- planted violations -----------------------------------------------------------------------------------


@st.composite
def clean_histories(draw: st.DrawFn) -> tuple[list[Request], list[Revocation]]:
    """Gates that keep the bound: each starts to refuse a token within it."""
    revocations, requests = [], []
    for number in range(draw(st.integers(1, 6))):
        at = draw(st.floats(1, 100))
        revocations.append(Revocation((f"t{number}",), at - 0.01, at, f"key_1.{number + 1}"))
        for gate in GATES:
            learns_at = at + draw(st.floats(0, BOUND * 0.99))
            for started in draw(st.lists(st.floats(0, 120), max_size=8)):
                status = 200 if started < learns_at else 401
                requests.append(Request(started, started + 0.01, gate, f"t{number}", status))
            requests.append(Request(0.0, 0.1, gate, f"t{number}", 200))
            requests.append(Request(130.0, 130.1, gate, f"t{number}", 401))
    return draw(st.permutations(requests)), revocations


@given(clean_histories())
def test_gates_that_keep_their_bound_pass(history: tuple[list[Request], list[Revocation]]) -> None:
    found = check(*history, BOUND)

    assert found.holds
    assert found.worst.longest is not None
    assert found.worst.longest <= BOUND
    assert found.requests == len(history[0])


@given(clean_histories(), st.data())
def test_one_planted_violation_is_found_among_them_wherever_it_stands(
    history: tuple[list[Request], list[Revocation]], data: st.DataObject
) -> None:
    requests, revocations = history
    victim = data.draw(st.sampled_from(revocations))
    late_by = data.draw(st.floats(0.001, 50))
    planted = Request(
        victim.acknowledged + BOUND + late_by, 999.0, data.draw(st.sampled_from(GATES)), victim.jtis[0],
        data.draw(st.sampled_from([200, 201, 204, 206, 302, 404, 409, 429])),
    )
    place = data.draw(st.integers(0, len(requests)))
    found = check([*requests[:place], planted, *requests[place:]], revocations, BOUND)

    assert found.violated == 1
    assert found.violations[0].request == planted
    assert found.violations[0].by == pytest.approx(late_by)
    assert not found.holds


@given(clean_histories(), st.data())
def test_a_planted_breach_of_a_demand_is_found_even_within_the_bound(
    history: tuple[list[Request], list[Revocation]], data: st.DataObject
) -> None:
    requests, revocations = history
    number = data.draw(st.integers(0, len(revocations) - 1))
    demanded = data.draw(st.integers(number + 1, 99))
    planted = Request(
        revocations[number].acknowledged + 0.0001, 999.0, "gate-2", f"t{number}", 200, version=f"key_1.{demanded}"
    )
    found = check([planted, *requests], revocations, BOUND)

    assert [violation.kind for violation in found.violations] == ["version"]


@given(clean_histories(), st.floats(0.001, 1.0))
def test_the_smallest_bound_that_holds_is_the_longest_lag(
    history: tuple[list[Request], list[Revocation]], share: float
) -> None:
    longest = check(*history, BOUND).worst.longest
    assert longest is not None

    assert check(*history, longest).holds
    if longest * share > 1e-9:
        tight: Findings = check(*history, longest * (1 - share))
        assert not tight.holds


def test_ten_thousand_violations_are_counted_and_the_first_are_kept() -> None:
    found = check((asked(11.0 + number) for number in range(10_000)), [revoked()], 0.0)

    assert found.violated == 10_000
    assert len(found.violations) == 100
