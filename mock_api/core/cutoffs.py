"""What is revoked or suspended, as not-before instants alone: the smallest thing a gate can be told.

Each event moves an instant or two, so no token is ever looked through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .events import (
    Revoked,
    SigningKeyAdded,
    SigningKeyPutToUse,
    SigningKeyRetired,
    Suspended,
    TesterLeft,
)
from .reach import Reach
from .scopes import AllScope, FamilyScope, KeyScope, Scope, TesterScope, TokenScope

if TYPE_CHECKING:
    from .authority import Authority


class WidenedCutoffs:
    """A scope narrower than a tester is widened to the tester; two on one thing compose to the later one.

    A key becomes everybody's cutoff at the instant up to which it signed. (Whoever has stolen it can sign any date:
    against that only `key-rotation` helps.)

    What is suspended stays cut off after the suspension has ended. A suspended key or family may go on getting
    tokens, and those are newer than the cutoff.
    """

    def __init__(self, authority: Authority) -> None:
        self._tokens = authority.programme.tokens
        self._families = authority.families.families
        self._signing: str | None = None
        self._signed_until: dict[str, float] = {}  # keys out of use
        self.reach = Reach()

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the instants."""
        return {
            Revoked: self.apply_stopped,
            Suspended: self.apply_stopped,
            TesterLeft: self.apply_tester_left,
            SigningKeyAdded: self.apply_signing_key_added,
            SigningKeyPutToUse: self.apply_signing_key_put_to_use,
            SigningKeyRetired: self.apply_signing_key_retired,
        }

    def apply_stopped(self, event: Revoked | Suspended) -> None:
        """Nothing that the scope covers and that is out by now is good any more."""
        scope = self._widened(event.scope)
        if isinstance(event.scope, KeyScope):
            self._cut_off_key(event.scope.kid, event.at)
        elif scope is not None:
            self.reach.add(scope, event.at)

    def apply_tester_left(self, event: TesterLeft) -> None:
        """Their tokens go with them."""
        self.reach.add(TesterScope(event.tester_id), event.at)

    def apply_signing_key_added(self, event: SigningKeyAdded) -> None:
        """The one before signs no more."""
        if not event.in_reserve:
            self._sign_with(event.kid, event.at)

    def apply_signing_key_put_to_use(self, event: SigningKeyPutToUse) -> None:
        """The one before signs no more."""
        self._sign_with(event.kid, event.at)

    def apply_signing_key_retired(self, event: SigningKeyRetired) -> None:
        """What it signed is over."""
        self._cut_off_key(event.kid, event.at)

    def _sign_with(self, kid: str, at: float) -> None:
        if self._signing is not None:
            self._signed_until[self._signing] = at
        self._signing = kid

    def _cut_off_key(self, kid: str, at: float) -> None:
        self.reach.add(AllScope(), self._signed_until.get(kid, at))

    def _widened(self, scope: Scope) -> Scope | None:
        match scope:
            case TokenScope(jti=jti):
                token = self._tokens.get(jti)  # None: it has expired
                return None if token is None else TesterScope(token.tester_id)
            case FamilyScope(family_id=family_id):
                family = self._families.get(family_id)  # None: nothing of it works any more
                return None if family is None else TesterScope(family.tester_id)
        return scope
