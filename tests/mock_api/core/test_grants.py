"""What a scope opens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core import grants
from mock_api.core.errors import InvalidScope


@pytest.mark.parametrize(
    ("requested", "granted"),
    [
        (None, "videos.read videos.write"),
        ("", "videos.read videos.write"),
        ("videos.read", "videos.read"),
        ("videos.write", "videos.write"),
        ("videos.write videos.read", "videos.read videos.write"),
        ("videos.read videos.read", "videos.read"),
    ],
)
def test_scopes_are_granted_in_one_order(requested: str | None, granted: str) -> None:
    assert grants.granted(requested) == granted


@pytest.mark.parametrize(
    "requested", [" ", "admin", "videos.read admin", "videos", "videos.read  videos.write", "x" * 9999]
)
def test_an_unknown_scope_is_refused(requested: str) -> None:
    with pytest.raises(InvalidScope):
        grants.granted(requested)


@given(st.sets(st.sampled_from(grants.SCOPES), min_size=1).map(" ".join))
def test_whatever_is_granted_permits_something(requested: str) -> None:
    assert grants.PERMITTED[grants.granted(requested)]


def test_reading_does_not_permit_writing() -> None:
    assert "videos.create" not in grants.PERMITTED["videos.read"]
    assert "videos.retrieve" not in grants.PERMITTED["videos.write"]


def test_everything_permits_every_action() -> None:
    assert grants.PERMITTED[grants.EVERYTHING] == grants.ACTIONS.keys()
