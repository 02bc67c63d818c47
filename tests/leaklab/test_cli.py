"""The command line as a whole: help, version, completion, exit codes, and how light it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from leaklab.problems import EXIT_CODES
from tests.leaklab.conftest import Said

LEAKLAB = Path(sys.executable).with_name("leaklab")
VERBS = ["demo", "run", "scenarios", "policies", "show", "report", "serve", "testers", "tokens", "approvals", "doctor"]


def test_help_names_every_verb_and_every_exit_code(call: Callable[..., Said]) -> None:
    said = call("--help")
    assert said.code == 0
    for verb in VERBS:
        assert f"\n  {verb} " in said.out
    for code in EXIT_CODES:
        assert f" {code} " in " ".join(said.out.split())
    assert "..." not in said.out.split("Commands:")[1], "a verb's short help is cut off"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_that_fits_a_screen(call: Callable[..., Said], verb: str) -> None:
    said = call(verb, "--help")
    assert said.code == 0
    assert len(said.out.splitlines()) < 45


def test_the_version_is_that_of_the_package(call: Callable[..., Said]) -> None:
    from importlib.metadata import version

    assert call("--version").out.strip() == f"leaklab {version('leaklab')}"


@pytest.mark.parametrize(
    "words",
    [
        ["nonesuch"],
        ["run"],
        ["run", "x", "--seed", "minus"],
        ["run", "x", "--replications", "0"],
        ["serve", "api", "--port-api", "70000"],
        ["serve", "range", "--speed", "1e9"],
    ],
)
def test_what_cannot_be_understood_ends_with_2(call: Callable[..., Said], words: list[str]) -> None:
    said = call(*words)
    assert said.code == 2
    assert said.err


@pytest.mark.parametrize("verb", ["serve", "testers", "tokens", "approvals"])
def test_a_verb_that_needs_another_word_says_which(call: Callable[..., Said], verb: str) -> None:
    said = call(verb)
    assert said.code == 2
    assert "Commands:" in said.out + said.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_be_taught_to_complete(shell: str) -> None:
    shown = _run("--show-completion", SHELL=f"/bin/{shell}", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    if shown.returncode != 0:  # Without detection the shell is a value of the option.
        shown = _run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert shown.returncode == 0
    assert "leaklab" in shown.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("leaklab run so", "sora-2024"),
        ("leaklab run sora-2024 --policy hold", "hold-outputs"),
        ("leaklab show revoke", "revoke-one"),
        ("leaklab serve ", "range"),
        ("leaklab serve range --policy short", "short-lived"),
        ("leaklab sc", "scenarios"),
    ],
)
def test_names_are_completed_as_values(typed: str, offered: str) -> None:
    words = typed.split(" ")
    completing = {"_LEAKLAB_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    assert offered in _run(**completing).stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "needless"),
    [
        (
            ["--help"],
            [
                "rich",
                "msgspec",
                "yaml",
                "jwt",
                "policy_lab",
                "mock_api",
                "fastapi",
                "numpy",
                "scipy",
                "altair",
                "vl_convert",
            ],
        ),
        (["scenarios"], ["jwt", "fastapi", "sqlalchemy", "numpy", "scipy", "altair", "vl_convert"]),
        (
            ["run", "token-in-a-gist", "--seed", "1"],
            ["fastapi", "starlette", "sqlalchemy", "httpx2", "uvicorn", "scipy", "altair"],
        ),
    ],
)
def test_a_verb_loads_only_what_it_needs(tmp_path: Path, words: list[str], needless: list[str]) -> None:
    program = (
        f"import sys\nsys.argv = ['leaklab', *{words!r}]\nfrom leaklab.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [name for name in {needless!r} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert ran.stdout.splitlines()[-1] == "LOADED []"


def test_a_reader_who_leaves_early_is_no_problem(tmp_path: Path) -> None:
    with subprocess.Popen(
        [str(LEAKLAB), "scenarios", "--schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LEAKLAB), *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
