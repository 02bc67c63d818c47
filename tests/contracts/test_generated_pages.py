"""The reference under docs/ says what the code says."""

from __future__ import annotations

from pathlib import Path

from leaklab.documents import pages

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_every_generated_page_is_up_to_date() -> None:
    on_disk = {
        path.relative_to(REFERENCE).as_posix(): path.read_text(encoding="utf-8") for path in REFERENCE.rglob("*.md")
    }
    assert on_disk == pages(), "run: make docs"


def test_spans_stand_with_their_unit() -> None:
    assert "| `silent_after` | 2 s |" in pages()["enforcement/push.md"]
    assert "| `decoys` | 0.1 |" in pages()["enforcement/status-list.md"]
