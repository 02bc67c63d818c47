"""What becomes of outputs when access is revoked.

The mechanism: in the same atomic step as the revocation, every covered video is disposed of, wherever it
stands, and its record carries that until an operator lifts it, by name and for a reason. The release rule
(`outputs.withheld`) looks at the record alone. No video slips past: after the cutoff the gate admits nobody on a
covered token, so none comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import events
from .policy import Disposition, OnRevocation
from .video import Stage, VideoRecord

if TYPE_CHECKING:
    from .authority import Authority

def dispose(
    authority: Authority, records: list[VideoRecord], revocation_id: str, now: float, to: Disposition | None,
) -> None:
    """Release, quarantine or recall each record as the policy says for its stage, or all alike by `to`."""
    rule = authority.policy.approval.on_revocation
    for record in records:
        if record.stage is None:
            continue  # There is nothing to take back.
        wanted = to or _by_policy(rule, record.stage)
        if wanted == "recall" and record.approval != "recalled":
            recall(authority, record, revocation_id, now)
        elif wanted == "quarantine" and record.approval != "recalled" and not _locks(revocation_id, record):
            # Also what is locked already: lifting the earlier lock must not let go what this revocation covers.
            authority.record(events.OutputQuarantined(now, record.video_id, revocation_id))


def recall(authority: Authority, record: VideoRecord, revocation_id: str, now: float) -> None:
    """Take one output back; a render that has not finished is cancelled."""
    if record.is_in_flight:
        authority.record(events.RenderFailed(now, record.video_id, "cancelled"))
    authority.record(events.OutputRecalled(now, record.video_id, revocation_id))


def lift_quarantine(
    authority: Authority, records: list[VideoRecord], reason: str, by: str, now: float
) -> list[str]:
    """Let each locked record go back to where it stood before, and return the ids of those that were locked."""
    lifted = []
    for record in records:
        if record.lock is not None and record.stage is not None:
            revocation_id = record.lock.revocation_id
            authority.record(events.QuarantineLifted(now, record.video_id, revocation_id, reason, by))
            lifted.append(record.video_id)
    return lifted


def count(records: list[VideoRecord]) -> tuple[int, int, int]:
    """How many are in flight, held, released; what is locked or taken back already does not count."""
    open_ones = [record.stage for record in records if record.approval not in {"quarantined", "recalled"}]
    return open_ones.count("in_flight"), open_ones.count("held"), open_ones.count("approved")


def _locks(revocation_id: str, record: VideoRecord) -> bool:
    return record.lock is not None and record.lock.revocation_id == revocation_id


def _by_policy(rule: OnRevocation, stage: Stage) -> Disposition:
    match stage:
        case "in_flight":
            return rule.in_flight
        case "held":
            return rule.held
        case "approved":
            return rule.approved
