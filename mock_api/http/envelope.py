"""How a refusal looks on the wire, whoever says it: OpenAI's error envelope, and the challenge of RFC 6750."""

from __future__ import annotations

from math import ceil

import msgspec
from msgspec import Struct

from mock_api.core import errors
from mock_api.core.dpop import ALGORITHMS
from mock_api.core.redaction import redact

REALM = "leaklab"
JSON = "application/json"
KEYS_ALONE = (errors.OperatorKeyInvalid, errors.GateKeyInvalid)  # Here no access token helps, however it is proven.


class InternalError(errors.Refusal):
    """A mistake of ours; the log has the story under the request id."""

    status = 500
    code = "internal_error"
    kind = "server_error"


class ErrorDetail(Struct, frozen=True):
    """What was wrong, for a person (`message`) and for a program (`code`)."""

    message: str
    type: str
    param: str | None
    code: str | None


class Error(Struct, frozen=True):
    """OpenAI's error envelope: all four fields, always."""

    error: ErrorDetail


def envelope(refusal: errors.Refusal) -> bytes:
    """The body that says it."""
    return msgspec.json.encode(
        Error(ErrorDetail(redact(refusal.message), refusal.kind, refusal.param, refusal.code))
    )


def refusal_headers(refusal: errors.Refusal) -> dict[str, str]:
    """What the headers say besides, but for the challenge."""
    headers = {"Cache-Control": "no-store"}
    if refusal.should_retry is not None:
        headers["X-Should-Retry"] = "true" if refusal.should_retry else "false"
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(refusal.retry_after)))
    if isinstance(refusal, errors.TooLarge | errors.BodySlow):
        headers["Connection"] = "close"  # The rest of the body is not read.
    if isinstance(refusal, errors.ProofNonceNeeded):
        headers["DPoP-Nonce"] = refusal.nonce
    return headers


def challenge(refusal: errors.Refusal, authorization: str | None, takes_proofs: bool = False) -> str | None:
    """`WWW-Authenticate` by RFC 6750 §3 and RFC 9449 §7.1: no error code where no credential came.

    With `takes_proofs` there are two challenges; the error stands with the scheme that the caller tried.
    """
    error = _error(refusal, authorization)
    if error is None:
        return None
    said = f'error="{error}", error_description="{quotable(refusal.message)}"' if error else ""
    tried_proof = authorization is not None and authorization[:5].lower() == "dpop "
    bearer = [f'Bearer realm="{REALM}"', *([said] if said and not tried_proof else [])]
    proof = [f'DPoP algs="{" ".join(ALGORITHMS)}"', *([said] if said and tried_proof else [])]
    if isinstance(refusal, KEYS_ALONE):
        return ", ".join(bearer)
    return ", ".join([*proof, *bearer] if tried_proof else [*bearer, *proof] if takes_proofs else bearer)


def _error(refusal: errors.Refusal, authorization: str | None) -> str | None:
    """The error code of the challenge; empty where none belongs into it, None where there is no challenge."""
    if isinstance(refusal, errors.InsufficientScope):
        return "insufficient_scope"
    if not isinstance(refusal, errors.Unauthenticated):
        return None
    if isinstance(refusal, errors.MissingToken) or authorization is None:
        return ""
    if isinstance(refusal, errors.ProofInvalid):
        return errors.ProofInvalid.code
    return refusal.code if isinstance(refusal, errors.ProofNonceNeeded) else "invalid_token"


def quotable(text: str) -> str:
    """`text` in the characters that a quoted string of RFC 6750 may hold."""
    plain = redact(text).replace('"', "'").replace("`", "'").replace("\\", "/")
    return "".join(letter if " " <= letter <= "~" else "?" for letter in plain)
