"""The import contracts bite: in a copy of the house, an import against each arrow is planted and found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
FOLDERS = ("mock_api", "frontend_proxy", "policy_lab", "leaklab", "loadtests")

# (file, what is planted there, the first words of the contracts that must break)
PLANTS = [
    ("policy_lab/clock.py", "import leaklab.clock", {"The house"}),
    ("mock_api/web/answers.py", "import policy_lab.clock", {"The house"}),
    ("mock_api/web/answers.py", "import frontend_proxy.core.desk", {"The house"}),
    ("frontend_proxy/upstream.py", "import mock_api.core.events", {"The house"}),
    ("frontend_proxy/core/desk.py", "import mock_api.core.events", {"The house", "A core decides"}),
    ("mock_api/core/gate.py", "import socket", {"A core decides"}),
    ("mock_api/core/gate.py", "import time", {"A core decides"}),
    ("mock_api/core/gate.py", "import starlette.requests", {"A core decides"}),
    ("mock_api/core/gate.py", "import mock_api.journal.port", {"A core decides", "The API"}),
    ("frontend_proxy/core/desk.py", "import frontend_proxy.wording", {"A core decides"}),
    ("mock_api/journal/port.py", "import mock_api.web.answers", {"The API"}),
    ("mock_api/journal/port.py", "import mock_api.http.envelope", {"The API"}),
    ("mock_api/http/envelope.py", "import mock_api.web.answers", {"The API"}),
    ("mock_api/gate/settings.py", "import mock_api.web.answers", {"The API"}),
    ("mock_api/web/answers.py", "import mock_api.gate.settings", {"The API"}),
    ("policy_lab/clock.py", "import mock_api.web.answers", {"The lab knows"}),
    ("policy_lab/clock.py", "import frontend_proxy.wording", {"The lab knows"}),
    ("policy_lab/clock.py", "import httpx2", {"The lab is offline"}),
    ("policy_lab/clock.py", "import asyncio", {"The lab is offline"}),
    ("loadtests/locustfile.py", "import mock_api.core.events", {"Load speaks HTTP"}),
    ("loadtests/locustfile.py", "import policy_lab.clock", {"Load speaks HTTP"}),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and their contracts, to be spoilt."""
    copy = tmp_path_factory.mktemp("house")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def verdicts(house: Path) -> dict[str, bool]:
    """Each contract's name, and whether it is kept. The copy is linted: import-linter puts its own folder first."""
    said = subprocess.run(
        [str(LINT), "--no-cache"], cwd=house, env={"PATH": "/usr/bin:/bin", "COLUMNS": "300"},
        capture_output=True, text=True, check=False, timeout=120,
    )
    project = tomllib.loads((house / "pyproject.toml").read_text(encoding="utf-8"))
    found = {}
    for name in (contract["name"] for contract in project["tool"]["importlinter"]["contracts"]):
        match = re.search(rf"^{re.escape(name)} (KEPT|BROKEN)", said.stdout, re.MULTILINE)
        assert match is not None, said.stdout + said.stderr
        found[name] = match[1] == "KEPT"
    return found


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    assert all(verdicts(house).values())


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line", "broken"), PLANTS, ids=[f"{file}: {line}" for file, line, _ in PLANTS])
def test_an_import_against_an_arrow_breaks_its_contract(house: Path, file: str, line: str, broken: set[str]) -> None:
    spoilt = house / file
    good = spoilt.read_text(encoding="utf-8")
    try:
        spoilt.write_text(f"{good}\n{line}\n", encoding="utf-8")
        found = {name for name, kept in verdicts(house).items() if not kept}
    finally:
        spoilt.write_text(good, encoding="utf-8")
    # Others may break as well: an import is followed to wherever it leads.
    assert {words for words in broken if any(name.startswith(words) for name in found)} == broken
