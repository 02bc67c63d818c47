"""Nobody looks at `exp`; a token ends when the cleaner comes by."""

from __future__ import annotations

from math import nextafter
from operator import attrgetter

from mock_api.core.access_tokens import Claims
from mock_api.core.gate import Gate
from mock_api.core.programme import IssuedToken

from .card import Card, Exhibit


class ExpiryLeftToTheCleaner(Gate):
    """Finds a token in the books whatever its age; the books are swept when the next token is issued."""

    def _find(self, claims: Claims, now: float) -> IssuedToken:
        return super()._find(claims, min(now, nextafter(claims.expires_at, 0.0)))


EXPIRY_ONLY_AT_CLEANUP = Exhibit(
    card=Card(
        name="expiry-only-at-cleanup",
        title="Expiry is a matter of housekeeping",
        reports=("django-oauth/django-oauth-toolkit#746",),
        wrong=(
            "The lifetime is used by the job that deletes old tokens, and by nothing else: until it runs, a token "
            "past its end is as good as new. (In the report these were refresh tokens.)"
        ),
        look_for=(
            "Let a token expire while nobody buys another one: it still works. Buy any token, which sweeps the books, "
            "and the old one is refused, as unknown rather than as expired."
        ),
        breaks="nothing is admitted past its exp",
    ),
    right=Gate,
    wrong=ExpiryLeftToTheCleaner,
    part=attrgetter("gate"),
)
