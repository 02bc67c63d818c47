"""The refresh of a pair of tokens (RFC 6749 §6) with rotation and the detection of reuse (RFC 9700 §4.14.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from msgspec.structs import replace

from . import grants, redaction
from .containment import Grounds
from .errors import InvalidGrant, UnsupportedGrant
from .events import RefreshTokenReused
from .families import Family, RefreshToken, series_of
from .issuance import Applicant, TokenGrant
from .policy import Refresh
from .programme import Tester, TokenTerms
from .scopes import FamilyScope, TesterScope, TokenScope

if TYPE_CHECKING:
    from .authority import Authority

AUTHORITY = "authority"  # who acts when nobody is asked


class TokenRefresh:
    """Spends one refresh token and gives the next. One call is one step: no two uses of a token ever overlap."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._families = authority.families

    def refresh(self, applicant: Applicant, refresh_token: str, scope: str | None, now: float) -> TokenGrant:
        """A new pair; a token that was spent before ends what the policy says, and buys nothing.

        Raises ClientInvalid, UnsupportedGrant, InvalidGrant, InvalidScope, TooManyTokens, what stops the tester, and
        what is wrong with a proof.
        """
        rules = self._rules()
        family = self._family(applicant, refresh_token, rules)
        thumbprint = self._thumbprint(applicant, family, now)
        before = self._families.check(family, now)
        standing = self._families.standing(family, refresh_token, rules.grace, now)
        if standing == "reused":
            self._stop(family, rules, applicant, now)
        tester = self._tester(before, now)
        granted = grants.narrowed(scope, family.scope)
        self._authority.programme.check_room(tester, now)
        if standing == "retried":
            self._take_back(before, now)
        origin = redaction.origin(applicant.origin)
        terms = TokenTerms(granted, origin, thumbprint, family.family_id, family.expires_at)
        token, grant = self._authority.issuance.issue(tester, terms, now)
        series, replaces = series_of(refresh_token), standing == "retried"
        return replace(grant, refresh_token=self._families.hand_out(family, series, token.jti, now, replaces))

    def _rules(self) -> Refresh:
        rules = self._authority.policy.refresh
        if rules is None:
            raise UnsupportedGrant("There are no refresh tokens under this policy.")
        return rules

    def _family(self, applicant: Applicant, refresh_token: str, rules: Refresh) -> Family:
        """The family of the refresh token, if it is the applicant's; another's is not touched, and looks unknown."""
        issuance = self._authority.issuance
        if rules.bound_to_client or applicant.client_secret is not None:
            issuance.authenticate(applicant)
        family = self._families.of(refresh_token)
        if family is None or applicant.client_id not in (None, family.tester_id):
            raise InvalidGrant("This refresh token is unknown.")
        return family

    def _thumbprint(self, applicant: Applicant, family: Family, now: float) -> str | None:
        """The key that the new access token is bound to; the family's, if it has one (RFC 9449 §5)."""
        thumbprint = self._authority.possession.key_for_token(applicant.presented, now)
        if family.thumbprint not in (None, thumbprint):
            raise InvalidGrant("This refresh token is bound to a key that was not shown.")
        return thumbprint

    def _tester(self, token: RefreshToken, now: float) -> Tester:
        """The tester, if nothing stops them or this family now."""
        tester = self._authority.programme.tester(token.tester_id)
        self._authority.issuance.check(tester, now)
        refusal = self._authority.register.refusal(token, now)
        if refusal is not None:
            raise refusal
        return tester

    def _take_back(self, token: RefreshToken, now: float) -> None:
        """The access token whose answer was lost must not live beside the one that replaces it."""
        if token.access_jti in self._authority.programme.tokens:
            grounds = Grounds("Replaced within the grace window of a refresh.", AUTHORITY)
            self._authority.playbook.containment.revoke(TokenScope(token.access_jti), grounds, now)

    def _stop(self, family: Family, rules: Refresh, applicant: Applicant, now: float) -> NoReturn:
        """Two parties hold the refresh token, and nobody can tell which is the client."""
        origin = redaction.origin(applicant.origin)
        self._authority.record(RefreshTokenReused(now, family.family_id, family.tester_id, origin))
        if rules.on_reuse != "refuse":
            whole = rules.on_reuse == "revoke_tester"
            scope = TesterScope(family.tester_id) if whole else FamilyScope(family.family_id)
            grounds = Grounds("A refresh token was used again.", AUTHORITY)
            self._authority.playbook.containment.revoke(scope, grounds, now)
        raise InvalidGrant("This refresh token was used before.")
