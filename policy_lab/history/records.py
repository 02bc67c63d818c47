"""The lines of a history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

NOT_LET_IN = frozenset({401, 403, 407, 408})


class Request(Struct, frozen=True, gc=False):
    """One request: when its first byte was sent and its answer was there, through which gate, with which token.

    `status` 0: no answer came. `code`: the error code of a refusal. `version`: the view that it demanded.
    """

    started: float
    finished: float
    gate: str
    jti: str
    status: int
    code: str = ""
    version: str | None = None

    @property
    def let_in(self) -> bool:
        """Whether a gate let it through: what is then missing, in conflict or too often was let in all the same."""
        return 200 <= self.status < 500 and self.status not in NOT_LET_IN

    @property
    def refused(self) -> bool:
        """Whether it was answered and not let in."""
        return self.status != 0 and not self.let_in


class Revocation(Struct, frozen=True):
    """One revocation: what it covered, when it was sent and when its acknowledgement was read, and its version."""

    jtis: tuple[str, ...]
    sent: float
    acknowledged: float
    version: str | None = None
    scope: str = "token"


def read_requests(path: Path) -> Iterator[Request]:
    """The requests of a file, one at a time; raises msgspec.MsgspecError for a line that is none."""
    decode = msgspec.json.Decoder(Request).decode
    with path.open("rb") as lines:
        yield from map(decode, lines)


def read_revocations(path: Path) -> list[Revocation]:
    """The revocations of a file; raises msgspec.MsgspecError for a line that is none."""
    return msgspec.json.Decoder(Revocation).decode_lines(path.read_bytes())
