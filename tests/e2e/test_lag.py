"""`leaklab lag` on real processes: a glance at two enforcements, and the exit code of a broken bound."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leaklab.cli import app
from leaklab.commands import lag
from leaklab.problems import Problem
from tests.e2e.running import LEAKLAB


@pytest.mark.server
@pytest.mark.slow
def test_a_glance_at_two_enforcements_keeps_their_bounds(tmp_path: Path) -> None:
    command = [
        str(LEAKLAB), "lag", "--quick", "--gates", "2", "--redis", "none", "--out", str(tmp_path),
        "--enforcement", "introspection", "--enforcement", "pull,every=0.5,timeout=1",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    assert ended.returncode == 0, ended.stderr
    introspected, pulled = json.loads((tmp_path / "lag.json").read_text(encoding="utf-8"))
    assert introspected["measured"]["let_in_after"] == 0
    assert introspected["measured"]["asked_after"] > 300
    assert introspected["measured"]["work"]["look_ups"] > 300
    assert 0 < pulled["measured"]["worst"]["longest"] <= pulled["bound"] == 1.5
    assert pulled["simulated"]["worst"]["longest"] <= 1.5
    assert {introspected["verdict"], pulled["verdict"]} == {"kept"}
    assert "| introspection | 0 |" in (tmp_path / "lag.md").read_text(encoding="utf-8")
    assert "How late gates refuse" in ended.stdout


class Line:
    """What the command looks at."""

    name, verdict = "push", "broken"


def test_a_broken_bound_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> list[Line]:
        return [Line()]

    monkeypatch.setattr(lag, "_measured", broken)
    monkeypatch.setattr(lag, "_show", lambda _: None)
    result = CliRunner().invoke(app, ["lag", "--quick"])

    assert isinstance(result.exception, Problem)
    assert result.exception.exit_code == 1
    assert "push" in str(result.exception)


def test_an_enforcement_that_is_not_there_is_named_with_those_that_are() -> None:
    result = CliRunner().invoke(app, ["lag", "--enforcement", "telepathy"])

    assert isinstance(result.exception, Problem)
    assert "introspection" in str(result.exception)
