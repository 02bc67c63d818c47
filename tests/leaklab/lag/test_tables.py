"""What the table says, and what it must not keep quiet about."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from leaklab.lag.cases import CASES, cases
from leaklab.lag.lines import Line, Setting, Side
from leaklab.lag.load import Summary
from leaklab.lag.measuring import Work
from leaklab.lag.tables import cost, lateness, page, remarks, span
from policy_lab.history import Lags
from policy_lab.lag import Agreement

SIDE = Side(900, 12, 0, 0, Lags.of([0.1, 0.2]), Lags.of([0.05, 0.2]), Work(40, 5, 6000))
LINE = Line(
    name="pull", enforcement="pull", guarantee="…", bound=1.3, verdict="kept", measured=SIDE, simulated=SIDE,
    agreement=Agreement(0.05, 0.06, 0.01), agrees=True, saturated=False, unanswered=0, stale=0,
    loads=[Summary(1000, 0, 0.0001, 0.002, 32)], acknowledgement=Lags(0), question=Lags(0), redis=Lags(0),
    violations=[],
)


def test_the_rows_stand_beside_each_other() -> None:
    assert lateness([LINE]) == [
        ["pull", "1.30 s", "900", "12", "0.10 s / 0.20 s / 0.20 s", "0.10 s / 0.20 s / 0.20 s", "kept"]
    ]
    assert cost([LINE]) == [["pull", "50.0 ms", "60.0 ms", "yes", "40", "5", "6,000"]]


def test_trouble_is_said_in_words() -> None:
    assert remarks([LINE]) == []
    broken = replace(
        LINE, saturated=True, unanswered=7, stale=9, measured=replace(SIDE, violated=3), enforcement="push",
    )
    said = " ".join(remarks([broken]))
    assert "saturated" in said
    assert "7 requests found no answer" in said
    assert "9 requests were refused because" in said
    assert "3 requests were let in against the declared bound" in said
    assert "server-sent events" in said


def test_the_page_says_how_it_was_made() -> None:
    text = page([LINE], Setting(4, 600.0, 30.0, 1, 1, "auto"))
    assert "4 gates, 600 requests per second" in text
    assert "| pull | 1.30 s |" in text


@pytest.mark.parametrize(("seconds", "said"), [
    (None, "–"), (0.0, "0"), (0.0004, "0.4 ms"), (0.0995, "99.5 ms"), (0.25, "0.25 s"),
])
def test_spans_are_said_in_the_unit_that_suits_them(seconds: float | None, said: str) -> None:
    assert span(seconds) == said


def test_every_enforcement_is_a_case_and_its_cycle_lets_any_instant_be_hit() -> None:
    found = cases([])
    assert [case.name for case in found] == list(CASES)
    for case in found:
        plan = case.plan(gates=4, rate=600.0, seconds=30.0, seed=1)
        assert plan.revocations >= 15
        assert plan.duration == pytest.approx(31.0, abs=2.0)


def test_a_case_may_be_written_out() -> None:
    (case,) = cases(["pull,every=5"])
    assert case.plan(gates=2, rate=100.0, seconds=60.0, seed=1).cycle == 15.0
