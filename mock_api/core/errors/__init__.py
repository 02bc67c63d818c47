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
    - KeyNotProven           key_not_proven        the token is bound to a key that the caller has not shown to hold
    - ProofInvalid           invalid_dpop_proof    RFC 9449 §4.3
      - ProofReplayed        dpop_proof_replayed
    - ProofNonceNeeded       use_dpop_nonce        the answer has the nonce to come back with (RFC 9449 §8)
    - OperatorKeyInvalid     operator_key_invalid
    - GateKeyInvalid         gate_key_invalid
    - ReceiverKeyInvalid     receiver_key_invalid
    - ClientInvalid          invalid_client        at the token endpoint (RFC 6749 §5.2)
    - SignatureInvalid       signature_invalid     a batch of leak reports from nobody we know
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
    - StreamExists           stream_exists         one receiver of signals, one stream
  - Gone                     410
    - OutputRecalled         output_recalled
    - OutputExpired          output_expired
  - BodySlow                 408 request_timeout         a body does not go on, in front of a gate
  - TooLarge                 413 request_too_large
  - Invalid                  400 invalid_request
    - UnsupportedGrant       400 unsupported_grant_type
    - InvalidScope           400 invalid_scope
    - InvalidGrant           400 invalid_grant     a refresh token that buys nothing
    - InvalidSubject         400 invalid_subject_token
    - InvalidTarget          400 invalid_target    of an exchange (RFC 8693 §2.2.2)
    - IdempotencyMismatch    422 idempotency_mismatch
  - TooMany                  429
    - RateLimited            rate_limit_exceeded
    - QuotaExhausted         quota_exhausted       renders per day
    - TooManyRenders         concurrent_renders    renders at once
    - QueueFull              queue_full
    - TooManyTokens          too_many_tokens       live access tokens of one tester
    - TooManyFamilies        too_many_refresh_tokens
    - TooManyReceivers       too_many_receivers    of signals
  - Unavailable              503 journal_unavailable
    - ProofsFull             dpop_proofs_full      too many proofs at once to tell whether one is used again
    - ViewStale              view_stale            a gate in front cannot vouch for its view
    - GateBusy               gate_busy             a gate in front has too many requests under way
    - TooManyFollowers       too_many_followers    of a feed
  - HistoryNotKept           501 history_not_kept        of a status list
  - UpstreamAway             502 upstream_unreachable    behind a gate
  - UpstreamSlow             504 upstream_timeout        behind a gate
"""

from __future__ import annotations

from .access import (
    HistoryNotKept,
    InsufficientScope,
    ProgrammePaused,
    QueueFull,
    QuotaExhausted,
    RateLimited,
    TesterInactive,
    TesterSuspended,
    TooManyFamilies,
    TooManyRenders,
    TooManyTokens,
    ViewStale,
)
from .credentials import (
    ClientInvalid,
    ForgedToken,
    InvalidGrant,
    InvalidScope,
    InvalidSubject,
    InvalidTarget,
    MalformedToken,
    MissingToken,
    OperatorKeyInvalid,
    SignatureInvalid,
    TokenExpired,
    TokenNotYetValid,
    TokenRevoked,
    TokenUnknown,
    UnsupportedGrant,
)
from .gates import BodySlow, GateBusy, GateKeyInvalid, TooManyFollowers, UpstreamAway, UpstreamSlow
from .outputs import (
    AlreadySettled,
    ClaimConflict,
    IdempotencyConflict,
    IdempotencyMismatch,
    NotApproved,
    NotReady,
    OutputExpired,
    OutputQuarantined,
    OutputRecalled,
)
from .possession import KeyNotProven, ProofInvalid, ProofNonceNeeded, ProofReplayed, ProofsFull
from .refusal import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from .signals import ReceiverKeyInvalid, StreamExists, TooManyReceivers

__all__ = [
    "AlreadySettled",
    "BodySlow",
    "ClaimConflict",
    "ClientInvalid",
    "Conflict",
    "Forbidden",
    "ForgedToken",
    "GateBusy",
    "GateKeyInvalid",
    "Gone",
    "HistoryNotKept",
    "IdempotencyConflict",
    "IdempotencyMismatch",
    "InsufficientScope",
    "Invalid",
    "InvalidGrant",
    "InvalidScope",
    "InvalidSubject",
    "InvalidTarget",
    "KeyNotProven",
    "MalformedToken",
    "MissingToken",
    "NotApproved",
    "NotFound",
    "NotReady",
    "OperatorKeyInvalid",
    "OutputExpired",
    "OutputQuarantined",
    "OutputRecalled",
    "ProgrammePaused",
    "ProofInvalid",
    "ProofNonceNeeded",
    "ProofReplayed",
    "ProofsFull",
    "QueueFull",
    "QuotaExhausted",
    "RateLimited",
    "ReceiverKeyInvalid",
    "Refusal",
    "SignatureInvalid",
    "StreamExists",
    "TesterInactive",
    "TesterSuspended",
    "TokenExpired",
    "TokenNotYetValid",
    "TokenRevoked",
    "TokenUnknown",
    "TooLarge",
    "TooMany",
    "TooManyFamilies",
    "TooManyFollowers",
    "TooManyReceivers",
    "TooManyRenders",
    "TooManyTokens",
    "Unauthenticated",
    "Unavailable",
    "UnsupportedGrant",
    "UpstreamAway",
    "UpstreamSlow",
    "ViewStale",
]
