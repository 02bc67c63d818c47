"""`leaklab museum` and its page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from leaklab.documents.museum import museum_page
from mock_api.core.museum import EXHIBITS

if TYPE_CHECKING:
    from tests.leaklab.conftest import Said

Call = Callable[..., "Said"]
ROOT = Path(__file__).parents[3]


def test_it_lists_every_exhibit_with_what_to_look_for(call: Call) -> None:
    listed = json.loads(call("museum", "--json").out)
    assert [row["exhibit"] for row in listed] == list(EXHIBITS)
    assert all(row["look for"] and "#" in row["report"] for row in listed)


def test_it_shows_the_whole_card_of_one(call: Call) -> None:
    shown = call("museum", "state-race").out
    card = EXHIBITS["state-race"].card
    assert all(words in shown for words in (card.title, card.wrong, card.look_for, card.breaks, *card.reports))


def test_a_wrong_name_is_answered_with_the_near_one(call: Call) -> None:
    ended = call("museum", "state-rice")
    assert ended.code == 3
    assert "Did you mean state-race?" in ended.err


def test_the_page_holds_every_card_and_every_link_leads_somewhere() -> None:
    page = museum_page()
    for name, exhibit in EXHIBITS.items():
        assert f"## {name}" in page
        assert exhibit.card.look_for in page
        source = f"mock_api/core/museum/{name.replace('-', '_')}.py"
        assert f"(../../{source})" in page
        assert (ROOT / source).is_file()
