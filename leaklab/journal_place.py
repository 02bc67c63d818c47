"""Where a range's journal lies: a file in its folder, or a PostgreSQL database whose address the folder remembers."""

from __future__ import annotations

from pathlib import Path

from .problems import Problem
from .vault import write_private

FILE = "journal.sqlite3"
ADDRESS = "database-url"  # in the range's folder, for its owner's eyes: the address may hold a password
ELSEWHERE = "start a new range in another folder with --data"


def journal_place(data: Path) -> Path | str:
    """The path or the address of the journal of the range in `data`."""
    try:
        return (data / ADDRESS).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return data / FILE


def chosen_journal_place(data: Path, database: str | None) -> Path | str:
    """The same for a range about to be served, where a new one may choose a PostgreSQL `database`; raises Problem.

    A range that began with one journal must not go on with another: it would forget every revocation.
    """
    known = journal_place(data)
    if database is None or database == known:
        return known
    if not database.startswith("postgresql"):
        raise Problem("--database takes an address like postgresql+psycopg://USER@HOST/DATABASE.", exit_code=2)
    if isinstance(known, Path) and known.exists():
        raise Problem(f"The journal of the range in {data} is {known}; start it without --database, or {ELSEWHERE}.")
    if isinstance(known, str) and not _same_database(known, database):
        raise Problem(
            f"The journal of the range in {data} lies in another database; start it without --database, "
            f"or {ELSEWHERE}. If the database has moved, write its new address to {data / ADDRESS}."
        )
    return database


def remember(data: Path, place: Path | str) -> None:
    """Write the address of a journal that has been opened into the range's folder, so that later starts find it."""
    if isinstance(place, str) and place != journal_place(data):
        write_private(data / ADDRESS, place + "\n")


def _same_database(one: str, other: str) -> bool:
    """Whether two addresses differ at most in user and password."""
    return one.rpartition("@")[2] == other.rpartition("@")[2]
