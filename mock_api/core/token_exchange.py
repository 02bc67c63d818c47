"""Token exchange (RFC 8693): a tester key, or an access token of ours, for a token that may do no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from . import grants, redaction
from .access_tokens import Claims
from .errors import (
    ClientInvalid,
    Invalid,
    InvalidSubject,
    InvalidTarget,
    TesterInactive,
    Unauthenticated,
)
from .issuance import Applicant, TokenGrant
from .programme import IssuedToken, Tester, TokenTerms

if TYPE_CHECKING:
    from .authority import Authority

TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"  # noqa: S105 - of RFC 8693 §3.
ACCESS, JWT, REFRESH = f"{TOKEN_TYPE}access_token", f"{TOKEN_TYPE}jwt", f"{TOKEN_TYPE}refresh_token"
TESTER_KEY = "urn:leaklab:params:oauth:token-type:tester-key"
NOT_FOR_RESOURCES = "N_A"  # `token_type` of what no resource takes (RFC 8693 §2.2.1)


class Exchange(NamedTuple):
    """What is asked for (RFC 8693 §2.1). `account`: for whom, as OpenAI's clients say it."""

    subject_token: str
    subject_token_type: str
    requested_token_type: str = ACCESS
    scope: str | None = None
    resource: str | None = None
    audience: str | None = None
    account: str | None = None


class TokenExchange:
    """Gives narrower tokens for wider ones. What is given shares the fate of what it was given for."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def exchange(self, applicant: Applicant, wanted: Exchange, now: float) -> TokenGrant:
        """The token asked for; for a tester key a refresh token comes with it, if the policy has them.

        Raises Invalid, InvalidSubject, InvalidTarget, InvalidScope, ClientInvalid, TooManyTokens, TooManyFamilies,
        what stops the tester, and what is wrong with a proof.
        """
        if applicant.client_secret is not None:
            self._authority.issuance.authenticate(applicant)
        self._check_target(wanted)
        if wanted.subject_token_type == TESTER_KEY:
            return self._for_key(applicant, wanted, now)
        if wanted.subject_token_type not in (ACCESS, JWT):
            raise Invalid(f"`subject_token_type` may be {TESTER_KEY}, {ACCESS} or {JWT}.", param="subject_token_type")
        return self._for_token(applicant, wanted, now)

    def _check_target(self, wanted: Exchange) -> None:
        """There is one resource, and it is the audience of every token."""
        for param, target in (("resource", wanted.resource), ("audience", wanted.audience)):
            if target not in (None, self._authority.audience):
                raise InvalidTarget(f"Tokens are to be had for {self._authority.audience} alone.", param=param)
        if wanted.requested_token_type not in (ACCESS, JWT, REFRESH):
            raise Invalid(f"`requested_token_type` may be {ACCESS} or {REFRESH}.", param="requested_token_type")

    def _for_key(self, applicant: Applicant, wanted: Exchange, now: float) -> TokenGrant:
        authority = self._authority
        tester = self._holder(wanted.subject_token)
        self._check_whose(tester, applicant, wanted)
        authority.issuance.check(tester, now)
        rules = authority.policy.refresh
        alone = wanted.requested_token_type == REFRESH
        if alone and rules is None:
            raise Invalid("There are no refresh tokens under this policy.", param="requested_token_type")
        granted = grants.granted(wanted.scope)
        thumbprint = authority.possession.key_for_token(applicant.presented, now)
        if rules is None:
            return self._access_token(tester, TokenTerms(granted, _origin(applicant), thumbprint), wanted, now)
        if not alone:
            authority.programme.check_room(tester, now)
        family, series = authority.families.start(tester, granted, rules, thumbprint, now)
        if alone:
            text = authority.families.hand_out(family, series, None, now)
            lifetime = int(min(rules.idle, rules.lifetime))
            return TokenGrant(text, lifetime, granted, NOT_FOR_RESOURCES, issued_token_type=REFRESH)
        terms = TokenTerms(granted, _origin(applicant), thumbprint, family.family_id, family.expires_at)
        grant = self._access_token(tester, terms, wanted, now)
        jti = family.tokens[-1].jti
        return replace(grant, refresh_token=authority.families.hand_out(family, series, jti, now))

    def _for_token(self, applicant: Applicant, wanted: Exchange, now: float) -> TokenGrant:
        if wanted.requested_token_type == REFRESH:
            # An access token that leaks must not grow into something that outlives it.
            raise Invalid("A refresh token is to be had for a tester key alone.", param="requested_token_type")
        authority = self._authority
        claims, subject = self._subject(wanted.subject_token, now)
        tester = authority.programme.tester(subject.tester_id)
        self._check_whose(tester, applicant, wanted)
        authority.issuance.check(tester, now)
        granted = grants.narrowed(wanted.scope, subject.scope)
        thumbprint = authority.possession.key_for_token(applicant.presented, now)
        if claims.thumbprint not in (None, thumbprint):
            raise InvalidSubject("The subject token is bound to a key that was not shown.", param="subject_token")
        authority.programme.check_room(tester, now)
        family = authority.families.descend(subject, now)
        if authority.register.revoked.covers(family.as_a_whole()):
            raise InvalidSubject("All that descends from the subject token was revoked.", param="subject_token")
        terms = TokenTerms(
            granted, _origin(applicant), thumbprint, family.family_id, subject.expires_at, subject.jti
        )
        return self._access_token(tester, terms, wanted, now)

    def _access_token(self, tester: Tester, terms: TokenTerms, wanted: Exchange, now: float) -> TokenGrant:
        _, grant = self._authority.issuance.issue(tester, terms, now)
        return replace(grant, issued_token_type=wanted.requested_token_type)

    def _holder(self, key: str) -> Tester:
        try:
            return self._authority.issuance.holder(key)
        except ClientInvalid as refusal:
            raise InvalidSubject(refusal.message, param="subject_token") from None

    def _subject(self, text: str, now: float) -> tuple[Claims, IssuedToken]:
        """An access token of ours that is in force; whatever stops all of its tester is told as such."""
        try:
            claims = self._authority.access_tokens.decode(text)
            return claims, self._authority.gate.examine(claims, now)
        except Unauthenticated as refusal:
            raise InvalidSubject(refusal.message, param="subject_token") from None

    def _check_whose(self, tester: Tester, applicant: Applicant, wanted: Exchange) -> None:
        if applicant.client_id not in (None, tester.tester_id):
            raise InvalidSubject("The subject token is not the client's own.", param="subject_token")
        if wanted.account not in (None, tester.tester_id):
            raise InvalidTarget("The subject token is not of this account.", param="service_account_id")
        if tester.left_at is not None:
            raise TesterInactive("This tester has left the programme.")


def _origin(applicant: Applicant) -> str:
    return redaction.origin(applicant.origin)
