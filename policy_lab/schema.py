"""JSON Schema of scenario and policy files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

import msgspec


def schema(kind: type) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the files that hold a `kind`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A {kind.__name__.lower()} of Leaklab",
        **msgspec.json.schema(kind),
    }
