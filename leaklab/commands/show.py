"""`leaklab show`: the card of a scenario or a policy."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
import typer

from mock_api.core.policy import Policy
from policy_lab.files import load, names
from policy_lab.scenario import Scenario

from ..problems import Problem
from .listing import AsJson


def show(name: Annotated[str, typer.Argument(help="A scenario or a policy.")], as_json: AsJson = False) -> None:
    """Show a scenario's story or a policy's knobs."""
    if name in names(Scenario):
        card: dict[str, Any] = msgspec.to_builtins(load(Scenario, name))
    elif name in names(Policy):
        card = msgspec.to_builtins(load(Policy, name))
    else:
        known = [*names(Scenario), *names(Policy)]
        near = get_close_matches(name, known, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise Problem(f"There is no scenario or policy {name!r}.{meant} Known: {', '.join(known)}.", exit_code=3)
    if as_json:
        typer.echo(json.dumps(card, indent=2, ensure_ascii=False))
        return
    _print_card(card)


def _print_card(card: dict[str, Any], indent: str = "") -> None:
    for key, value in card.items():
        label = f"{indent}{key.replace('_', ' ')}"
        match value:
            case dict():
                typer.echo(f"{label}:")
                _print_card(value, indent + "  ")
            case [dict(), *_]:
                typer.echo(f"{label}:")
                for part in value:
                    typer.echo(f"{indent}  -")
                    _print_card(part, indent + "    ")
            case list():
                typer.echo(f"{label}:")
                for part in value:
                    typer.echo(f"{indent}  - {part}")
            case None:
                typer.echo(f"{label}: –")
            case _:
                typer.echo(f"{label}: {value}")
