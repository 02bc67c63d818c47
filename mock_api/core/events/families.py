"""What happens to refresh tokens and the families that descend from one exchange (RFC 9700 §4.14)."""

from __future__ import annotations

from .happened import Happened


class FamilyStarted(Happened, frozen=True, omit_defaults=True):
    """Tokens with one origin from here on: `scope` is the most, `expires_at` the longest that any of them gets.

    `series_hash`: keyed hash of what all its refresh tokens begin with; None where it has none. `thumbprint`: the
    key that must prove possession (RFC 9449 §5). `subject`: the access token that was exchanged first.
    """

    family_id: str
    tester_id: str
    scope: str
    expires_at: float
    series_hash: str | None = None
    thumbprint: str | None = None
    subject: str | None = None


class RefreshTokenIssued(Happened, frozen=True, omit_defaults=True):
    """The family has a new refresh token, and the one before is spent.

    `jti`: the access token given with it. `replaces`: the one before never reached the client, as far as one can
    tell, and is void; the one before that stays the last that was spent.
    """

    family_id: str
    token_hash: str
    expires_at: float
    jti: str | None = None
    replaces: bool = False


class RefreshTokenReused(Happened, frozen=True):
    """A refresh token came back after it was spent: two parties hold it."""

    family_id: str
    tester_id: str
    origin: str


class CredentialsSurrendered(Happened, frozen=True):
    """Somebody handed in credentials to have them revoked: how many, never which, whether ours or not."""

    count: int
    origin: str
