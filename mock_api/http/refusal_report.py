"""What gates report to the authority: the requests that they refused by themselves."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from mock_api.core.doors.gates import ReportedRefusal

GateName = Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$")]


class RefusalReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Requests that a gate refused by itself, oldest first; `dropped` more did not fit its memory."""

    gate: GateName
    refusals: list[ReportedRefusal]
    dropped: int = 0
