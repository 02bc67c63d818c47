"""Journals for the tests: a place, an open journal, and a series of events to fill it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_api.core.events import RequestAdmitted
from mock_api.journal import Journal

Admitted = Callable[[int], RequestAdmitted]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the journal of this test lies."""
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(place: Path) -> Iterator[Journal]:
    """An open journal."""
    journal = Journal(place)
    yield journal
    journal.close()


@pytest.fixture
def admitted() -> Admitted:
    """Makes the n-th of a series of events that differ."""

    def make(number: int) -> RequestAdmitted:
        return RequestAdmitted(1e3 + number, f"tok_{number}", "tester_1", "videos.retrieve", "127.0.0.1 -")

    return make
