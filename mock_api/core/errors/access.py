"""What a good credential may not do, or not now."""

from __future__ import annotations

from .refusal import Forbidden, Refusal, TooMany, Unavailable


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


class TooManyFamilies(TooMany):
    """The tester holds as many refresh tokens as the quota allows."""

    code = "too_many_refresh_tokens"
    should_retry = False


class ViewStale(Unavailable):
    """A gate in front has not heard from the authority, and fails closed."""

    code = "view_stale"


class HistoryNotKept(Refusal):
    """Only what holds now can be had, not what held at another time (Token Status List §8.4)."""

    status = 501
    code = "history_not_kept"
