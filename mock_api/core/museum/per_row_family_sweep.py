"""A family dies member by member."""

from __future__ import annotations

from operator import attrgetter
from typing import NoReturn

from mock_api.core.containment import Grounds
from mock_api.core.families import Family
from mock_api.core.issuance import Applicant
from mock_api.core.policy import Refresh
from mock_api.core.scopes import TokenScope
from mock_api.core.token_refresh import AUTHORITY, TokenRefresh

from .card import Card, Exhibit


class FamilySweptByRow(TokenRefresh):
    """Revokes every access token that the family ever got and that has not expired, then the family."""

    def _stop(self, family: Family, rules: Refresh, applicant: Applicant, now: float) -> NoReturn:
        grounds = Grounds("A member of a family whose refresh token was used again.", AUTHORITY)
        for token in list(family.tokens):
            self._authority.playbook.containment.revoke(TokenScope(token.jti), grounds, now)
        super()._stop(family, rules, applicant, now)


PER_ROW_FAMILY_SWEEP = Exhibit(
    card=Card(
        name="per-row-family-sweep",
        title="A family is revoked row by row",
        reports=("django-oauth/django-oauth-toolkit#1809",),
        wrong=(
            "On reuse of a refresh token each member of its family is revoked by itself, those that are revoked "
            "already too. A client that retries with a stale token repeats the sweep each time: at the reporter's, "
            "601 requests led to 223 436 queries."
        ),
        look_for=(
            "Refresh a family a few hundred times, then use its first refresh token again: the answer takes as many "
            "times longer, the log holds one revocation per member, and everybody else waits meanwhile."
        ),
        breaks="reuse ends a family at constant cost",
    ),
    right=TokenRefresh,
    wrong=FamilySweptByRow,
    part=attrgetter("client.token_refresh"),
)
