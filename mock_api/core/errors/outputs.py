"""What stands between a caller and an output, or a command and its effect."""

from __future__ import annotations

from .refusal import Conflict, Forbidden, Gone, Invalid


class OutputQuarantined(Forbidden):
    """The output is locked away because of a revocation."""

    code = "output_quarantined"


class NotApproved(Conflict):
    """The output waits for approval, or was rejected."""

    code = "not_approved"


class NotReady(Conflict):
    """The render has not finished."""

    code = "not_ready"


class ClaimConflict(Conflict):
    """Another reviewer holds the claim."""

    code = "claim_conflict"


class AlreadySettled(Conflict):
    """Somebody decided this before."""

    code = "already_settled"


class IdempotencyConflict(Conflict):
    """The first request with this Idempotency-Key is still running."""

    code = "idempotency_in_progress"
    should_retry = True


class OutputRecalled(Gone):
    """The operator took the output back."""

    code = "output_recalled"


class OutputExpired(Gone):
    """Outputs are kept for a limited time."""

    code = "output_expired"


class IdempotencyMismatch(Invalid):
    """The same Idempotency-Key with another payload."""

    status = 422
    code = "idempotency_mismatch"
