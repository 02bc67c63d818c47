"""`leaklab museum`: published failures of revocation, to be switched on and found."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leaklab.problems import Problem

from .listing import AsJson, show_one, show_rows
from .names import exhibit_names


def museum(
    name: Annotated[str | None, typer.Argument(help="One exhibit, whole.", autocompletion=exhibit_names)] = None,
    as_json: AsJson = False,
) -> None:
    """List the exhibits with what to look for; name one to read all of its card.

    A policy switches them on: `exhibits: [older-cutoff-wins]`.
    """
    if name is not None:
        show_one(_card(name), as_json=as_json)
        return
    rows = [
        {"exhibit": card["name"], "look for": card["look_for"], "report": card["reports"][0]} for card in _cards()
    ]
    show_rows("Museum of published failures", rows, as_json=as_json)


def _cards() -> list[dict[str, Any]]:
    import msgspec

    from mock_api.core.museum import EXHIBITS

    return [dict(msgspec.to_builtins(exhibit.card)) for exhibit in EXHIBITS.values()]


def _card(name: str) -> dict[str, Any]:
    from difflib import get_close_matches

    cards = {card["name"]: card for card in _cards()}
    if name in cards:
        return cards[name]
    near = get_close_matches(name, cards, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise Problem(f"There is no exhibit {name!r}.{meant} Known: {', '.join(cards)}.", exit_code=3)
