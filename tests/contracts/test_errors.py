"""The tree of the errors package and its classes say the same."""

from __future__ import annotations

from collections.abc import Iterator

from mock_api.core import errors
from mock_api.core.errors import Refusal


def test_every_refusal_stands_in_the_tree_with_its_code() -> None:
    tree = errors.__doc__ or ""
    ours = [one for one in _all(Refusal) if one.__module__.startswith(errors.__name__)]
    assert len(ours) > 30
    for refusal in ours:
        line = next((line for line in tree.splitlines() if f"- {refusal.__name__} " in line + " "), None)
        assert line is not None, f"{refusal.__name__} is missing in the tree"
        if "code" in refusal.__dict__:
            assert refusal.code in line, f"{refusal.__name__}: the tree does not say {refusal.code}"


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in _all(Refusal) if "code" in refusal.__dict__]
    assert len(codes) == len(set(codes))


def _all(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _all(child)
