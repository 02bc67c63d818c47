"""Journals for the tests: a place, an open journal, and a series of events to fill it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_api.core.events import RequestAdmitted
from mock_api.journal import Journal

Admitted = Callable[[int], RequestAdmitted]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of a journal in SQLite, for what is about files."""
    return tmp_path / "journal.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the journal of this test lies, once in each database."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("file"))
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def journal(place: str) -> Iterator[Journal]:
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
