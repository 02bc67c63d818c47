"""Enforcements as the command line takes them."""

from __future__ import annotations

import typing

import pytest

from leaklab.enforcements import NAMES, enforcement_named
from leaklab.problems import Problem
from mock_api.core.enforcement import Enforcement, Introspection, Push


def test_every_enforcement_has_its_name() -> None:
    kinds = {kind.__struct_config__.tag for kind in typing.get_args(Enforcement)}
    assert set(NAMES) == kinds
    assert {type(enforcement_named(name)) for name in NAMES} == set(typing.get_args(Enforcement))


def test_settings_follow_the_name() -> None:
    assert enforcement_named("push") == Push()
    assert enforcement_named("introspection, ttl=5, silence=grace,grace=2.5") == Introspection(
        ttl=5.0, silence="grace", grace=2.5
    )


@pytest.mark.parametrize(("text", "words"), [
    ("", "no enforcement called"), ("pish", "no enforcement called pish. Did you mean push?"),
    ("push,pulse", "is no setting"),
    ("push,pulse=0", "cannot be read"), ("push,ttl=1", "push has no knob 'ttl'. Its knobs: silence, grace, pulse"),
    ("in-process,ttl=1", "Its knobs: none"), ("push,kind=pull", "is no setting"),
])
def test_what_is_none_is_said(text: str, words: str) -> None:
    with pytest.raises(Problem, match=words) as problem:
        enforcement_named(text)
    assert problem.value.exit_code == 2
