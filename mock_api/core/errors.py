"""Every way the API says no. The `code` is the one word that log, metric, answer and report share.

* Refusal
  - Unauthenticated          401
    - MissingToken           missing_token
    - MalformedToken         malformed_token
    - ForgedToken            forged_token          signature, algorithm, type, issuer, audience or claims are wrong
    - TokenExpired           token_expired
    - TokenNotYetValid       token_not_yet_valid
    - TokenUnknown           token_unknown         well signed, but never issued by this programme
    - TokenRevoked           token_revoked
    - OperatorKeyInvalid     operator_key_invalid
    - ClientInvalid          invalid_client        at the token endpoint (RFC 6749 §5.2)
  - Forbidden                403
    - ProgrammePaused        programme_paused
    - TesterSuspended        tester_suspended
    - TesterInactive         tester_inactive       invited only, or has left
    - InsufficientScope      insufficient_scope
    - OutputQuarantined      output_quarantined
  - NotFound                 404 not_found
  - Conflict                 409
    - NotApproved            not_approved          the output is not released (yet)
    - NotReady               not_ready             the render has not finished
    - ClaimConflict          claim_conflict        another reviewer holds the claim
    - AlreadySettled         already_settled       approved, rejected, suspended or lifted before
    - IdempotencyConflict    idempotency_in_progress
  - Gone                     410
    - OutputRecalled         output_recalled
    - OutputExpired          output_expired
  - TooLarge                 413 request_too_large
  - Invalid                  400 invalid_request
    - UnsupportedGrant       400 unsupported_grant_type
    - InvalidScope           400 invalid_scope
    - IdempotencyMismatch    422 idempotency_mismatch
  - TooMany                  429
    - RateLimited            rate_limit_exceeded
    - QuotaExhausted         quota_exhausted       renders per day
    - TooManyRenders         concurrent_renders    renders at once
    - QueueFull              queue_full
    - TooManyTokens          too_many_tokens       live access tokens of one tester
  - Unavailable              503 journal_unavailable
    - ViewStale              view_stale            a gate in front cannot vouch for its view
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A request that was understood and is not granted.

    `message` is one plain sentence for a person; it never holds a secret. `param` names the field at fault.
    `retry_after` is seconds, where waiting helps.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid_request"
    kind: ClassVar[str] = "invalid_request_error"
    should_retry: ClassVar[bool | None] = None

    def __init__(self, message: str, *, param: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after


class Unauthenticated(Refusal):
    """The credential itself is not acceptable (RFC 6750 §3.1 `invalid_token`)."""

    status = 401
    kind = "authentication_error"


class MissingToken(Unauthenticated):
    """No bearer credential came with the request."""

    code = "missing_token"


class MalformedToken(Unauthenticated):
    """Not a compact JWS of sane size in canonical base64url."""

    code = "malformed_token"


class ForgedToken(Unauthenticated):
    """A JWS that this programme did not make for this purpose (RFC 8725, RFC 9068 §4)."""

    code = "forged_token"


class TokenExpired(Unauthenticated):
    """`exp` has come; the instant itself is outside."""

    code = "token_expired"


class TokenNotYetValid(Unauthenticated):
    """`iat` or `nbf` lies ahead of our clock."""

    code = "token_not_yet_valid"


class TokenUnknown(Unauthenticated):
    """Well signed, but this programme never issued it: the sign of an exposed key."""

    code = "token_unknown"


class TokenRevoked(Unauthenticated):
    """Some revocation covers this token."""

    code = "token_revoked"


class OperatorKeyInvalid(Unauthenticated):
    """The operator API wants the operator key as bearer."""

    code = "operator_key_invalid"


class ClientInvalid(Unauthenticated):
    """Wrong client id or tester key at the token endpoint (RFC 6749 §5.2)."""

    code = "invalid_client"


class Forbidden(Refusal):
    """A good credential, but not for this, or not now."""

    status = 403
    kind = "permission_error"


class ProgrammePaused(Forbidden):
    """The kill switch is on: nobody gets in."""

    code = "programme_paused"


class TesterSuspended(Forbidden):
    """A time-limited stop covers this tester."""

    code = "tester_suspended"


class TesterInactive(Forbidden):
    """The tester is not (or no longer) part of the programme."""

    code = "tester_inactive"


class InsufficientScope(Forbidden):
    """The token was not granted this use (RFC 6750 §3.1)."""

    code = "insufficient_scope"


class OutputQuarantined(Forbidden):
    """The output is locked away because of a revocation."""

    code = "output_quarantined"


class NotFound(Refusal):
    """No such thing, or not yours: the answer is the same."""

    status = 404
    code = "not_found"


class Conflict(Refusal):
    """The thing is in a state that does not allow this."""

    status = 409
    kind = "conflict_error"
    should_retry = False


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


class Gone(Refusal):
    """It was there, and will not come back."""

    status = 410
    kind = "gone_error"


class OutputRecalled(Gone):
    """The operator took the output back."""

    code = "output_recalled"


class OutputExpired(Gone):
    """Outputs are kept for a limited time."""

    code = "output_expired"


class TooLarge(Refusal):
    """The body is over the limit."""

    status = 413
    code = "request_too_large"


class Invalid(Refusal):
    """A field is missing, unknown or outside its range."""


class UnsupportedGrant(Invalid):
    """Only `client_credentials` is spoken here (RFC 6749 §4.4)."""

    code = "unsupported_grant_type"


class InvalidScope(Invalid):
    """A scope that does not exist or exceeds the tester's."""

    code = "invalid_scope"


class IdempotencyMismatch(Invalid):
    """The same Idempotency-Key with another payload."""

    status = 422
    code = "idempotency_mismatch"


class TooMany(Refusal):
    """A good credential, too often."""

    status = 429
    kind = "rate_limit_error"


class RateLimited(TooMany):
    """More requests in this minute than the quota allows."""

    code = "rate_limit_exceeded"


class QuotaExhausted(TooMany):
    """More renders today than the quota allows."""

    code = "quota_exhausted"
    should_retry = False


class TooManyRenders(TooMany):
    """More renders at once than the quota allows."""

    code = "concurrent_renders"


class QueueFull(TooMany):
    """The render queue takes no more."""

    code = "queue_full"


class TooManyTokens(TooMany):
    """The tester holds as many live access tokens as the quota allows."""

    code = "too_many_tokens"
    should_retry = False


class Unavailable(Refusal):
    """The journal cannot be written; nothing is acknowledged until it can."""

    status = 503
    code = "journal_unavailable"
    kind = "server_error"


class ViewStale(Unavailable):
    """A gate in front has not heard from the authority, and fails closed."""

    code = "view_stale"
