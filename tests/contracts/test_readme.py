"""What the README, the containers and CI say can be typed, can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml
from typer.core import TyperCommand, TyperGroup, TyperOption

from leaklab.cli import app

ROOT = Path(__file__).parents[2]
PROSE = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/api.md",
    "docs/architecture.md",
    "loadtests/locustfile.py",
]


def _typed(text: str) -> list[str]:
    """Every command line of ours in a text: in a code block, or between back-quotes."""
    text = text.replace("\\\n", " ")
    lines = [line.split("#")[0].strip() for line in text.splitlines()] + re.findall(r"`([^`\n]+)`", text)
    starts = (".venv/bin/leaklab ", "leaklab ")
    return [line for line in lines if line.startswith(starts) and not line.endswith(":") and "…" not in line]


def _said() -> list[tuple[str, str]]:
    found = [
        (name, line) for name in PROSE if (ROOT / name).exists() for line in _typed((ROOT / name).read_text("utf-8"))
    ]
    return sorted(set(found))


@pytest.mark.parametrize(("where", "line"), _said())
def test_every_command_of_ours_in_prose_can_be_typed(where: str, line: str) -> None:
    _parse(shlex.split(line)[1:], f"{where}: {line}")


def test_the_readme_shows_enough_commands_to_be_worth_testing() -> None:
    assert len([line for where, line in _said() if where == "README.md"]) >= 10


def test_every_make_target_in_prose_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        for target in re.findall(r"^(?:.*`)?make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE):
            assert target in targets, f"{name}: make {target}"


def test_every_path_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:mock_api|policy_lab|frontend_proxy|leaklab|loadtests|docs)/[\w/.*-]*)`", text):
        assert list(ROOT.glob(path.rstrip("/"))), path
    for path in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / path).exists(), path


def test_the_containers_start_what_there_is() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    variables = _variables()
    for name, service in services.items():
        if service["image"] != "leaklab:local":
            continue  # Somebody else's program.
        if "entrypoint" not in service:
            _parse(service["command"], f"docker-compose.yml: {name}")
        if "healthcheck" in service:
            test = service["healthcheck"]["test"]
            assert test[:2] == ["CMD", "leaklab"]
            _parse(test[2:], f"docker-compose.yml: {name}, healthcheck")
        for variable in service.get("environment", {}):
            assert variable in variables, f"docker-compose.yml: {name}: nothing reads {variable}"
    load = services["load"]["command"]
    assert (ROOT / "loadtests" / Path(load[load.index("-f") + 1]).name).is_file()


def test_every_setting_of_serve_is_also_a_variable() -> None:
    serve = _group(_root(), "serve")
    for name, command in serve.commands.items():
        for parameter in command.params:
            if isinstance(parameter, TyperOption) and parameter.name != "help":
                assert str(parameter.envvar).startswith("LEAKLAB_"), f"serve {name}: {parameter.opts}"


def test_no_committed_file_names_a_place_of_one_machine() -> None:
    forbidden = re.compile(
        "|".join(
            (
                "/work/" + "main",
                "/work/" + "shared",
                "/root/" + "\\.",
                "/tmp/" + "scratch",
                "pypi" + "\\.org",
                "index" + "-url",
            )
        )
    )
    folders = (
        "mock_api",
        "frontend_proxy",
        "policy_lab",
        "leaklab",
        "loadtests",
        "tests",
        "docs",
        "requirements",
        "scripts",
        ".ci",
    )
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    kinds = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".html", ".css", ".js", "", ".j2"}
    for path in files:
        if path.suffix in kinds and "__pycache__" not in path.parts and ".egg-info" not in str(path):
            hit = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
            assert hit is None or hit[0].startswith("index"), f"{path.relative_to(ROOT)}: {hit and hit[0]}"


def _root() -> TyperGroup:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return root


def _group(root: TyperGroup, name: str) -> TyperGroup:
    group = root.commands[name]
    assert isinstance(group, TyperGroup)
    return group


def _parse(words: list[str], where: str) -> None:
    """Fail unless the verbs exist and take these options and so many arguments."""
    command: object = _root()
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"{where}: there is no {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    if isinstance(command, TyperCommand) and words:  # A verb alone is only spoken of.
        command.make_context("leaklab", list(words), resilient_parsing=False).close()


def _variables() -> set[str]:
    """What the command line and the load read from the environment."""
    found = set(re.findall(r"LEAKLAB_[A-Z_]+", (ROOT / "loadtests" / "locustfile.py").read_text(encoding="utf-8")))
    for _, command in _walk(_root()):
        found |= {parameter.envvar for parameter in command.params if isinstance(parameter.envvar, str)}
    return found


def _walk(group: TyperGroup) -> list[tuple[str, TyperCommand]]:
    found: list[tuple[str, TyperCommand]] = []
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            found += _walk(command)
        elif isinstance(command, TyperCommand):
            found.append((name, command))
    return found
