"""`leaklab show`: the card of a scenario or a policy."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leaklab.problems import Problem

from .listing import AsJson, show_one
from .names import card_names


def show(
    name: Annotated[str, typer.Argument(help="A scenario, a policy, or a file of either.", autocompletion=card_names)],
    as_json: AsJson = False,
) -> None:
    """Show a scenario's story or a policy's knobs."""
    show_one(_card(name), as_json=as_json)


def _card(name: str) -> dict[str, Any]:
    from difflib import get_close_matches
    from pathlib import Path

    import msgspec

    from mock_api.core.policy import Policy
    from policy_lab.files import FileProblem, load, names
    from policy_lab.scenario import Scenario

    kinds: tuple[type[Scenario | Policy], ...] = (Scenario, Policy)
    for kind in kinds:
        if name in names(kind):
            return dict(msgspec.to_builtins(load(kind, name)))
    if Path(name).suffix in {".yaml", ".yml", ".json"}:
        try:
            return dict(msgspec.to_builtins(load(Scenario, name)))
        except FileProblem:
            return dict(msgspec.to_builtins(load(Policy, name)))
    known = [*names(Scenario), *names(Policy)]
    near = get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    sentence = f"There is no scenario or policy {name!r}.{meant} Known: {', '.join(known)}."
    raise Problem(sentence, exit_code=3)
