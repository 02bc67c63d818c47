"""One refresh token, spent twice at the same time, buys twice."""

from __future__ import annotations

from operator import attrgetter

from mock_api.core.families import Families, Family, Standing

from .card import Card, Exhibit

LATE = 0.05  # seconds from looking whether a refresh token is spent to writing down that it is


class SpentTooLate(Families):
    """A refresh token that was spent a moment ago still looks unspent."""

    def standing(self, family: Family, text: str, grace: float, now: float) -> Standing:
        """What the use of a refresh token is, as far as it is known yet."""
        standing, spent = super().standing(family, text, grace, now), family.spent
        return "current" if standing == "reused" and spent is not None and now < spent.at + LATE else standing


REFRESH_RACE = Exhibit(
    card=Card(
        name="refresh-race",
        title="Two parallel refreshes both win",
        reports=("GluuFederation/oxAuth#1909", "django-oauth/django-oauth-toolkit#558"),
        wrong=(
            "Whether a refresh token is spent is read first and written later. Uses that overlap all find it unspent "
            "and all get a new pair, and the detection of reuse sees nothing."
        ),
        look_for=(
            "Use one refresh token twice at once: two access tokens come back and both work. Half a second apart, the "
            "second use is refused and the family is gone."
        ),
        breaks="a refresh token has one living descendant at most",
    ),
    right=Families,
    wrong=SpentTooLate,
    part=attrgetter("families"),
)
