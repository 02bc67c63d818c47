"""A scenario: the story of a run as data. `files.py` finds and checks the files that hold them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mock_api.core.policy import RenderModel
from mock_api.core.quantities import AtLeastOne, Positive

from .parts import AccessLeak, Gates, Journalist, Part, Responder, Reviewers, SecretLeak, Testers


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
    gates: Gates = Gates()                         # where the policy keeps views at gates in front
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
