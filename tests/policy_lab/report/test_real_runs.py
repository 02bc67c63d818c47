"""The report on runs of the lab itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_api.core.policy import Policy
from policy_lab.files import load
from policy_lab.report import write_report
from policy_lab.runs import DesignPoint, run_design_point
from policy_lab.scenario import Scenario

pytestmark = pytest.mark.slow


def test_the_incident_under_two_policies_tells_what_each_let_out(tmp_path: Path) -> None:
    story = load(Scenario, "sora-2024")
    policies = ("as-it-happened", "hold-outputs")
    results = [run_design_point(DesignPoint(story, load(Policy, policy), 1), 1) for policy in policies]
    text = write_report(tmp_path, results, "leaklab run sora-2024").read_text(encoding="utf-8")
    assert "Approval by contract only: " in text
    assert "Outputs are held for approval: none reached a stranger unapproved" in text
    assert re.search(r"The token leaked at 08:30; strangers had \d+ clips rendered", text)
    assert "one run cannot tell" in text
    assert len(text) < 1_500_000


def test_a_quiet_week_needs_no_clocks(tmp_path: Path) -> None:
    point = DesignPoint(load(Scenario, "quiet-week"), load(Policy, "velocity-autorevoke"), 1)
    text = write_report(tmp_path, [run_design_point(point, 1)], "leaklab run quiet-week").read_text(encoding="utf-8")
    assert "Nothing leaked in 7 days; false alarms: " in text
    assert "the clocks did not start" in text
