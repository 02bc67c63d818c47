"""The gate: every check between a bearer and an action, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from msgspec import Struct

from . import redaction
from .access_tokens import Claims
from .dpop import Presented
from .errors import (
    InsufficientScope,
    MissingToken,
    RateLimited,
    Refusal,
    TesterInactive,
    TokenExpired,
    TokenNotYetValid,
    TokenUnknown,
)
from .events import RequestAdmitted, RequestRefused
from .grants import PERMITTED
from .programme import IssuedToken
from .quotas import RateWindows

if TYPE_CHECKING:
    from .authority import Authority

NOTHING: frozenset[str] = frozenset()
Decide = Callable[["Claims", float], None]  # raises the Refusal of a gate in front, or returns


class Caller(NamedTuple):
    """Who knocks, as far as one can see: the credential, and address and client.

    `gate` names the gate in front through which the request came; whoever sets it has checked that it is one.
    `presented` is how the request shows possession of a key, where the token came by the scheme `DPoP`.
    """

    bearer: str | None
    origin: str
    gate: str | None = None
    presented: Presented | None = None


class Admission(Struct, frozen=True, gc=False):
    """A request that may proceed: on which token, by whom, at which instant (epoch seconds)."""

    jti: str
    tester_id: str
    issued_at: float
    now: float


class Gate:
    """The authority's own enforcement point, which asks the register itself.

    Guarantee: no request that starts after `revoke` has returned is admitted. What comes through a gate in front was
    decided there, by that gate's view; here it is only asked what the tester may, and for the proof of possession:
    one memory of used proofs serves all gates.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._decode = authority.access_tokens.decode
        self._tokens = authority.programme.tokens
        self._testers = authority.programme.testers
        self._requests_per_minute = authority.programme.requests_per_minute
        self._refusal = authority.register.refusal
        self._possession = authority.possession
        self._fronts: dict[str, Decide] = {}
        self._origin = redaction.origin
        self.rates = RateWindows()

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the gate."""
        return {RequestAdmitted: self.apply_request_admitted}

    def admit(self, caller: Caller, action: str, now: float) -> Admission:
        """Let the request in or raise the Refusal of the first check that fails; both are recorded."""
        bearer, origin, front, presented = caller
        claims = proof = None
        try:
            if bearer is None:
                raise MissingToken("This request needs an access token as bearer.")
            claims = self._decode(bearer)  # size, form, type, key, algorithm, signature, claims
            token: IssuedToken | Claims
            if front is None:
                token = self.examine(claims, now)
            else:
                token = claims
                if front in self._fronts:
                    self._fronts[front](claims, now)
            if claims.thumbprint is not None or presented is not None:
                proof = self._possession.check(claims, bearer, presented, now)
            self._permit(token, action, now)
            if proof is not None:
                self._possession.use(proof, now)
        except Refusal as refusal:
            self._record_refusal(claims, action, caller, refusal, now)
            raise
        jti, tester_id, origin = token.jti, token.tester_id, self._origin(origin)
        self._authority.record(RequestAdmitted(now, jti, tester_id, action, origin, front))
        self._authority.detection.watch(jti, tester_id, origin, now)
        return Admission(jti, tester_id, token.issued_at, now)

    def refuse(self, admission: Admission, action: str, caller: Caller, refusal: Refusal) -> NoReturn:
        """Record that an admitted request was refused by a quota after all, and raise `refusal`."""
        self._record_refusal(admission, action, caller, refusal, admission.now)
        raise refusal

    def examine(self, claims: Claims, now: float) -> IssuedToken:
        """The token in the books, if it is in force; raises the Refusal of the first check that fails."""
        token = self._find(claims, now)
        refusal = self._refusal(token, now)  # revoked, paused, suspended
        if refusal is not None:
            raise refusal
        return token

    def attach(self, name: str, decide: Decide) -> None:
        """Let `decide` speak for the gate in front called `name`, which lives in this process: the lab's gates do."""
        self._fronts[name] = decide

    def apply_request_admitted(self, event: RequestAdmitted) -> None:
        """The request counts against the tester's rate."""
        self.rates.count(event.tester_id, event.at)

    def _find(self, claims: Claims, now: float) -> IssuedToken:
        """The token as we issued it: times, then the books."""
        if claims.expires_at <= now:
            raise TokenExpired("This access token has expired.")
        if claims.issued_at > now:
            raise TokenNotYetValid("This access token is not valid yet.")
        token = self._tokens.get(claims.jti)
        if token is None or token.tester_id != claims.tester_id or token.expires_at != claims.expires_at:
            raise TokenUnknown("This access token was never issued.")
        return token

    def _permit(self, token: IssuedToken | Claims, action: str, now: float) -> None:
        """What the tester may: membership, scope, rate."""
        tester = self._testers.get(token.tester_id)
        if tester is None or tester.left_at is not None or tester.activated_at is None:
            raise TesterInactive("This tester is not part of the programme.")
        if action not in PERMITTED.get(token.scope, NOTHING):
            raise InsufficientScope(f"This access token does not allow {action}.")
        limit = self._requests_per_minute(tester)
        wait = self.rates.wait(token.tester_id, limit, now)
        if wait > 0.0:
            raise RateLimited(f"More than {limit} requests in a minute.", retry_after=wait)

    def _record_refusal(
        self, whose: Claims | Admission | None, action: str, caller: Caller, refusal: Refusal, now: float
    ) -> None:
        jti, tester_id = (None, None) if whose is None else (whose.jti, whose.tester_id)
        origin = self._origin(caller.origin)
        self._authority.record(RequestRefused(now, jti, tester_id, action, origin, refusal.code, caller.gate))
        if jti is not None and tester_id is not None:
            self._authority.detection.watch(jti, tester_id, origin, now)
