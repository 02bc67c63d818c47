"""A scenario: the story of a run as data. And how scenario and policy files are found and checked."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta
from yaml import YAMLError

from mock_api.core.policy import AtLeastOne, Policy, Positive, RenderModel

from .parts import AccessLeak, Journalist, Part, Responder, Reviewers, SecretLeak, Testers

SCENARIOS = Path(__file__).parent / "scenarios"
POLICIES = Path(__file__).parent / "policies"


class Scenario(Part, frozen=True, kw_only=True):
    """A story that can be played: who is there, what leaks, who comes, who responds, for how long."""

    name: str
    title: str                                     # one line
    story: str                                     # a paragraph
    watch_for: str                                 # what to look at in the report
    learning_goals: tuple[str, ...]
    difficulty: Literal["introductory", "intermediate", "advanced"]
    sources: tuple[str, ...] = ()
    horizon: Positive                              # from the start of the run to its end
    opens_hour: Annotated[float, Meta(ge=0, lt=24)] = 7.5   # local hour of the day at which the run starts
    cohorts: dict[str, AtLeastOne]                 # name -> number of testers
    leaker_cohort: str | None = None               # None: the first one
    renders: RenderModel = RenderModel()
    testers: Testers = Testers()
    reviewers: Reviewers = Reviewers()
    responder: Responder = Responder()
    journalist: Journalist | None = None
    leak: AccessLeak | SecretLeak | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be played."""
        if not self.cohorts:
            raise ValueError("cohorts: there must be at least one, for example `artists: 300`")
        if self.leaker_cohort is not None and self.leaker_cohort not in self.cohorts:
            raise ValueError(f"leaker_cohort: {self.leaker_cohort!r} is none of {', '.join(self.cohorts)}")
        if self.leak is not None and self.leak.after >= self.horizon:
            raise ValueError(f"leak.after: must lie before the horizon of {self.horizon:g} seconds")

    @property
    def tester_count(self) -> int:
        """How many people are invited, the leaker among them."""
        return sum(self.cohorts.values())


Kind = TypeVar("Kind", Scenario, Policy)


class ScenarioError(Exception):
    """A scenario or policy file that is missing or wrong: names the file, the field, what is allowed."""


def scenario_names() -> list[str]:
    """The scenarios that come with the lab, in alphabetical order."""
    return _names(SCENARIOS)


def policy_names() -> list[str]:
    """The policies that come with the lab, in alphabetical order."""
    return _names(POLICIES)


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The scenario of that name, or in that file; raises ScenarioError."""
    return _load(_find(name_or_path, SCENARIOS, "scenario"), Scenario)


def load_policy(name_or_path: str | Path) -> Policy:
    """The policy of that name, or in that file; raises ScenarioError."""
    return _load(_find(name_or_path, POLICIES, "policy"), Policy)


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of scenario files."""
    return msgspec.json.schema(Scenario)


def policy_schema() -> dict[str, Any]:
    """The JSON Schema of policy files."""
    return msgspec.json.schema(Policy)


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml"))


def _find(name_or_path: str | Path, folder: Path, kind: str) -> Path:
    given = str(name_or_path)
    shipped = folder / f"{given}.yaml"
    if given in _names(folder):
        return shipped
    path = Path(name_or_path)
    if path.is_file():
        return path
    if path.suffix in {".yaml", ".yml", ".json"} or len(path.parts) > 1:
        raise ScenarioError(f"{path}: no such {kind} file.")
    close = get_close_matches(given, _names(folder), n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ScenarioError(f"There is no {kind} called {given!r}.{hint} Known: {', '.join(_names(folder))}.")


def _load(path: Path, kind: type[Kind]) -> Kind:
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        field = where.rstrip("`").lstrip(".")
        raise ScenarioError(f"{path}: {f'field `{field}`: ' if field else ''}{what}.") from None
    except (YAMLError, msgspec.DecodeError) as error:
        raise ScenarioError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read: {error}") from None
