"""`leaklab serve` refuses what cannot work before anything answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from leaklab.commands.serve_gate import in_short
from leaklab.enforcements import enforcement_named
from tests.leaklab.conftest import Said

Call = Callable[..., Said]
ANY_PORTS = ("--port-api", "0", "--port-proxy", "0")


def test_gates_that_would_have_nothing_to_do_are_not_started(call: Call, tmp_path: Path) -> None:
    said = call("serve", "range", "--data", tmp_path / "range", *ANY_PORTS, "--gates", "2")
    assert (said.code, "Name an enforcement for them, such as --enforcement push" in said.err) == (2, True)
    assert "ready" not in said.out


@pytest.mark.parametrize(("name", "words"), [
    ("push", "enforcement push (bound 3 s): refused"), ("pull,every=2,timeout=0.5", "enforcement pull (bound 2.5 s): "),
    ("expiry-only", "enforcement expiry-only: refused"),
])
def test_a_gate_says_its_bound_in_seconds_where_it_has_one_of_its_own(name: str, words: str) -> None:
    assert in_short(enforcement_named(name)).startswith(words)
