"""What a person did, or what this machine lacks, said in one sentence; and the exit codes that go with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

EXIT_CODES = {
    0: "done",
    1: "a check that was asked for failed (docs --check, doctor)",
    2: "the command line could not be understood",
    3: "a scenario, policy or other file could not be read",
    4: "this machine lacks something: a port, write access, disk space, an extra",
    5: "a server did not answer, or refused",
    130: "interrupted",
}


class Problem(Exception):
    """Ends the command with one sentence on what, where and what to do. `exit_code` is one of EXIT_CODES."""

    def __init__(self, sentence: str, *, exit_code: int = 4) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@contextmanager
def extra(name: str, purpose: str) -> Iterator[None]:
    """Turn a missing library into the name of the extra that brings it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise Problem(f"To {purpose}, Leaklab needs {missing.name}, which is not installed. Install the extra: pip install 'leaklab[{name}]'.") from None
