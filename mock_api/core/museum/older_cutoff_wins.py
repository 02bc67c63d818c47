"""Of two cutoffs the older one counts, if it is the wider one."""

from __future__ import annotations

from operator import attrgetter

from mock_api.core.reach import NEVER, Coverable, Reach

from .card import Card, Exhibit


class OlderCutoffWins(Reach):
    """Once there is a cutoff for everybody, those of testers and cohorts are not looked at any more."""

    __slots__ = ()

    def covers(self, token: Coverable) -> bool:
        """Whether the token is covered, as far as the wider cutoff goes."""
        if self.cutoff == NEVER:
            return super().covers(token)
        return (
            token.issued_at <= self.cutoff
            or token.jti in self.jtis or token.kid in self.kids or token.family in self.families
        )


OLDER_CUTOFF_WINS = Exhibit(
    card=Card(
        name="older-cutoff-wins",
        title="An old cutoff for everybody hides a newer one for somebody",
        reports=("keycloak/keycloak#51279", "keycloak/keycloak#49118"),
        wrong=(
            "Not-before instants are kept for everybody and for one. Where there is one for everybody, however old, "
            "it alone is compared, instead of the later of the two (CVE-2026-18218, CVE-2026-8922)."
        ),
        look_for=(
            "Cut everybody off once (scope `issued_before` with an old instant will do). Later buy a token, revoke "
            "its tester, and use it: it still works. In a fresh range, where nobody was ever cut off, it does not."
        ),
        breaks="the later cutoff wins",
    ),
    right=Reach,
    wrong=OlderCutoffWins,
    part=attrgetter("register.revoked"),
)
