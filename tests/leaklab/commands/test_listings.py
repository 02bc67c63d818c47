"""Scenarios, policies and cards: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaklab.conftest import Said

Call = Callable[..., Said]
SCENARIOS = {"quiet-week", "sora-2024", "token-in-a-gist"}
POLICIES = {"as-it-happened", "hold-outputs", "short-lived", "daily-quota", "velocity-autorevoke", "revoke-one"}


@pytest.mark.parametrize(("verb", "names"), [("scenarios", SCENARIOS), ("policies", POLICIES)])
def test_a_listing_has_all_names_in_both_forms(call: Call, verb: str, names: set[str]) -> None:
    rows = json.loads(call(verb, "--json").out)
    assert names <= {row["name"] for row in rows}
    shown = call(verb).out
    for name in names:
        assert name in shown


@pytest.mark.parametrize(("verb", "field"), [("scenarios", "horizon"), ("policies", "token_lifetime")])
def test_a_schema_is_json_schema(call: Call, verb: str, field: str) -> None:
    schema = json.loads(call(verb, "--schema").out)
    assert field in json.dumps(schema)
    assert "$schema" in schema or "$defs" in schema


@pytest.mark.parametrize("name", ["sora-2024", "hold-outputs"])
def test_a_card_is_shown_in_both_forms(call: Call, name: str) -> None:
    assert json.loads(call("show", name, "--json").out)["name"] == name
    assert f"name: {name}" in call("show", name).out


def test_the_card_of_a_file_is_shown_too(call: Call, small: Path) -> None:
    assert "title: A small one" in call("show", small).out
