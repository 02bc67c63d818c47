"""What clients do with tokens beyond buying them: refresh, exchange, revoke, ask about, hand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from mock_api.core.access_tokens import Claims
from mock_api.core.containment import Grounds
from mock_api.core.errors import Refusal
from mock_api.core.families import RefreshToken
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.recognition import recognise
from mock_api.core.surrender import Surrender, scope_of
from mock_api.core.token_exchange import Exchange, TokenExchange
from mock_api.core.token_refresh import TokenRefresh

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

INTROSPECTION_TYPE = "token-introspection+jwt"  # of RFC 9701 §5


class IntrospectionResponse(Struct, frozen=True, omit_defaults=True):
    """Whether a token is in force, and only then what it says (RFC 7662 §2.2). Instants are whole epoch seconds."""

    active: bool
    scope: str | None = None
    client_id: str | None = None
    token_type: str | None = None
    exp: int | None = None
    iat: int | None = None
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    jti: str | None = None
    cnf: dict[str, str] | None = None


INACTIVE = IntrospectionResponse(False)


class ClientDoor:
    """The door of whoever holds a token. Tester keys authenticate clients; the rest goes by possession."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.token_refresh = TokenRefresh(authority)
        self._exchange = TokenExchange(authority)
        self.surrendered = Surrender(authority)

    def refresh(self, applicant: Applicant, refresh_token: str, scope: str | None = None) -> TokenGrant:
        """A new pair for a refresh token, which is spent with it (RFC 6749 §6).

        Raises ClientInvalid, UnsupportedGrant, InvalidGrant, InvalidScope, TooManyTokens, what stops the tester, and
        what is wrong with a proof.
        """
        now = self._authority.settle()
        with self._authority.issuance.denials(applicant, now):
            return self.token_refresh.refresh(applicant, refresh_token, scope, now)

    def exchange(self, applicant: Applicant, wanted: Exchange) -> TokenGrant:
        """A token for another, or for a tester key (RFC 8693).

        Raises Invalid, InvalidSubject, InvalidTarget, InvalidScope, ClientInvalid, TooManyTokens, TooManyFamilies,
        what stops the tester, and what is wrong with a proof.
        """
        now = self._authority.settle()
        with self._authority.issuance.denials(applicant, now):
            return self._exchange.exchange(applicant, wanted, now)

    def revoke(self, token: str, applicant: Applicant | None = None, by: str = "operator") -> None:
        """Revoke an access token, or a refresh token with its family (RFC 7009); raises ClientInvalid.

        Without an `applicant` it is staff who asks. What is unknown, over or another client's is left alone, and the
        answer is the same (§2.2): the caller's goal is met, or none of the caller's business.
        """
        now = self._authority.settle()
        client = None if applicant is None else self._authority.issuance.authenticate(applicant)
        found = recognise(self._authority, token)
        if found is None or found.kind not in {"access_token", "refresh_token"}:
            return
        if client is not None and client.tester_id != found.tester_id:
            return
        scope = scope_of(self._authority, found, now)
        if scope is not None:
            whose = by if client is None else client.tester_id
            self._authority.playbook.containment.revoke(scope, Grounds("Revoked by its client.", whose), now)

    def introspect(self, token: str, applicant: Applicant | None = None) -> IntrospectionResponse:
        """What there is to say of a token (RFC 7662); raises ClientInvalid.

        Without an `applicant` it is staff or a gate who asks; a client is told of its own tokens alone.
        """
        now = self._authority.settle()
        client = None if applicant is None else self._authority.issuance.authenticate(applicant)
        try:
            told = self._told(token, now)
        except Refusal:
            return INACTIVE
        return told if client is None or told.client_id == client.tester_id else INACTIVE

    def introspect_signed(self, token: str, audience: str, applicant: Applicant | None = None) -> str:
        """The same as a JWT for `audience` (RFC 9701 §5); raises ClientInvalid."""
        told = self.introspect(token, applicant)
        now = self._authority.settle()
        claims = {
            "iss": self._authority.issuer, "aud": audience, "iat": int(now),
            "token_introspection": msgspec.to_builtins(told),
        }
        return self._authority.access_tokens.sign(claims, self._authority.keyring.ensure(now).kid, INTROSPECTION_TYPE)

    def surrender(self, credentials: Sequence[str], origin: str) -> Iterator[None]:
        """Take credentials of any kind in and revoke those that are ours, in as many steps as the iterator has.

        Raises Invalid or RateLimited. Nothing tells which were ours.
        """
        return self.surrendered.take(credentials, origin, self._authority.settle())

    def _told(self, token: str, now: float) -> IntrospectionResponse:
        family = self._authority.families.of(token)
        if family is None:
            claims = self._authority.access_tokens.decode(token)
            self._authority.gate.examine(claims, now)
            return self._of_access_token(claims)
        rules = self._authority.policy.refresh
        current = self._authority.families.check(family, now)
        if rules is None or self._authority.families.standing(family, token, rules.grace, now) == "reused":
            return INACTIVE
        self._authority.issuance.check(self._authority.programme.tester(family.tester_id), now)
        refusal = self._authority.register.refusal(current, now)
        return INACTIVE if refusal is not None else self._of_refresh_token(current, family.scope, family.thumbprint)

    def _of_access_token(self, claims: Claims) -> IntrospectionResponse:
        tester_id, thumbprint = claims.tester_id, claims.thumbprint
        if self._authority.programme.testers[tester_id].left_at is not None:
            return INACTIVE
        return IntrospectionResponse(
            True, claims.scope, tester_id, "Bearer" if thumbprint is None else "DPoP", int(claims.expires_at),
            int(claims.issued_at), tester_id, self._authority.audience, self._authority.issuer, claims.jti,
            None if thumbprint is None else {"jkt": thumbprint},
        )

    def _of_refresh_token(self, token: RefreshToken, scope: str, thumbprint: str | None) -> IntrospectionResponse:
        """A refresh token has no id, is for this server alone, and is of no type that a resource takes."""
        return IntrospectionResponse(
            True, scope, token.tester_id, "N_A", int(token.expires_at), int(token.issued_at), token.tester_id,
            self._authority.issuer, self._authority.issuer, cnf=None if thumbprint is None else {"jkt": thumbprint},
        )
