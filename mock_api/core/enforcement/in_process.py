"""In process: the gate asks the register itself.

Guarantee: no request that starts after `revoke` has returned is admitted. There is nothing between gate and
register that could fail, so there is no choice between failing open and failing closed.
"""

from __future__ import annotations

from mock_api.core.errors import Refusal
from mock_api.core.programme import IssuedToken
from mock_api.core.revocation import RevocationRegister


class InProcess:
    """The view of a gate that lives with the authority."""

    def __init__(self, register: RevocationRegister) -> None:
        self._register = register

    def refusal(self, token: IssuedToken, now: float) -> Refusal | None:
        """Why the token is refused at `now`, or None."""
        return self._register.refusal(token, now)
