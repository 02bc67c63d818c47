"""The root of every refusal, and the branches by HTTP status."""

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


class Forbidden(Refusal):
    """A good credential, but not for this, or not now."""

    status = 403
    kind = "permission_error"


class NotFound(Refusal):
    """No such thing, or not yours: the answer is the same."""

    status = 404
    code = "not_found"


class Conflict(Refusal):
    """The thing is in a state that does not allow this."""

    status = 409
    kind = "conflict_error"
    should_retry = False


class Gone(Refusal):
    """It was there, and will not come back."""

    status = 410
    kind = "gone_error"


class TooLarge(Refusal):
    """The body is over the limit."""

    status = 413
    code = "request_too_large"


class Invalid(Refusal):
    """A field is missing, unknown or outside its range."""


class TooMany(Refusal):
    """A good credential, too often."""

    status = 429
    kind = "rate_limit_error"


class Unavailable(Refusal):
    """The journal cannot be written; nothing is acknowledged until it can."""

    status = 503
    code = "journal_unavailable"
    kind = "server_error"
