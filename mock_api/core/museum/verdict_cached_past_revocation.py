"""A yes is remembered for a quarter of an hour, and nobody tells the memory of a revocation."""

from __future__ import annotations

from operator import attrgetter

from mock_api.core.access_tokens import Claims
from mock_api.core.gate import Gate
from mock_api.core.programme import IssuedToken
from mock_api.core.quantities import MINUTE

from .card import Card, Exhibit

REMEMBERED_FOR = 15 * MINUTE
AT_MOST = 100_000  # verdicts


class VerdictsRemembered(Gate):
    """Asks the register once per token and quarter of an hour."""

    def examine(self, claims: Claims, now: float) -> IssuedToken:
        """The token in the books, if it was in force lately."""
        remembered: dict[str, tuple[float, IssuedToken]] = self.__dict__.setdefault("_remembered", {})
        known = remembered.get(claims.jti)
        if known is not None and now < min(known[0] + REMEMBERED_FOR, claims.expires_at):
            return known[1]
        token = super().examine(claims, now)
        if len(remembered) >= AT_MOST:
            remembered.clear()
        remembered[claims.jti] = now, token
        return token


VERDICT_CACHED_PAST_REVOCATION = Exhibit(
    card=Card(
        name="verdict-cached-past-revocation",
        title="The gate remembers its yes past the revocation",
        reports=("PostHog/posthog#49269", "PrefectHQ/fastmcp#3298"),
        wrong=(
            "To save look-ups the gate keeps each positive verdict for 15 minutes, chosen by hit rate. Revocations, "
            "suspensions and the kill switch do not clear it."
        ),
        look_for=(
            "Take two tokens of one tester; use the first, not the second; revoke the tester. The first goes on "
            "working for up to 15 minutes, the second is refused at once. Introspection agrees with the gate."
        ),
        breaks="nothing is admitted after the acknowledgement",
    ),
    right=Gate,
    wrong=VerdictsRemembered,
    part=attrgetter("gate"),
)
