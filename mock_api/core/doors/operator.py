"""What the operator does in quiet times: the programme, its keys, its tokens and its policy."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from mock_api.core import redaction, tester_keys
from mock_api.core.errors import AlreadySettled, Invalid
from mock_api.core.events import PolicyAdopted, TesterLeft
from mock_api.core.policy import Policy, Quota
from mock_api.core.programme import IssuedToken, Tester, TesterState

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

AT_ONCE = 10_000  # testers that one call may invite
COHORT_LIMIT = 60
KEY_LONGEST = 64  # characters of a key worth hashing; ours have 42

_OPERATOR_KEY = "operator-key-hash"
_GATE_KEY = "gate-key-hash"


class InvitedTester(Struct, frozen=True):
    """A new tester with the key, which is shown this once."""

    tester_id: str
    tester_key: str
    name: str
    cohort: str


class TesterView(Struct, frozen=True):
    """A tester as the operator sees them. Instants are epoch seconds, None means not yet."""

    tester_id: str
    name: str
    cohort: str
    state: TesterState
    quota: Quota
    invited_at: float
    activated_at: float | None
    left_at: float | None
    has_key: bool
    last_token_at: float | None


class TokenView(Struct, frozen=True):
    """An access token as the operator sees it. Expired ones vanish from the books as new ones are issued."""

    jti: str
    tester_id: str
    kid: str
    issued_at: float
    expires_at: float
    scope: str
    state: Literal["live", "expired", "refused"]
    family: str | None = None


class OperatorDoor:
    """The door of whoever runs the programme; `by` says who that is."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def ensure_operator_key(self) -> str | None:
        """Make the operator key if there is none, and return it this once; None if it exists."""
        if self._authority.vault.get(_OPERATOR_KEY) is not None:
            return None
        return self.renew_operator_key()

    def renew_operator_key(self) -> str:
        """Make a new operator key in place of the old one, and return it this once."""
        key = tester_keys.mint(self._authority.secrets, tester_keys.OPERATOR)
        self._authority.vault.put(_OPERATOR_KEY, self._authority.programme.hash_key(key).encode())
        return key

    def is_operator_key(self, key: str) -> bool:
        """Whether this is the operator key; every well-formed guess takes the same time."""
        known = self._authority.vault.get(_OPERATOR_KEY)
        if known is None or not tester_keys.is_well_formed(key, tester_keys.OPERATOR):
            return False
        return hmac.compare_digest(self._authority.programme.hash_key(key).encode(), known)

    def ensure_gate_key(self) -> str | None:
        """Make the key of the gates in front if there is none, and return it this once; None if it exists."""
        if self._authority.vault.get(_GATE_KEY) is not None:
            return None
        return self.renew_gate_key()

    def renew_gate_key(self) -> str:
        """Make a new gate key in place of the old one, and return it this once."""
        key = tester_keys.mint(self._authority.secrets, tester_keys.GATE)
        self._authority.vault.put(_GATE_KEY, self._authority.programme.hash_key(key).encode())
        return key

    def is_gate_key(self, key: str) -> bool:
        """Whether this is the gate key. Asked with every request of a gate: one hash, one comparison."""
        known = self._authority.vault.get(_GATE_KEY)
        if known is None or len(key) > KEY_LONGEST:
            return False
        return hmac.compare_digest(self._authority.programme.hash_key(key).encode(), known)

    def invite(self, name: str, cohort: str, *, by: str, quota: Quota | None = None) -> InvitedTester:
        """Invite one tester; raises Invalid."""
        return self.invite_many([name], cohort, by=by, quota=quota)[0]

    def invite_many(
        self, people: int | Sequence[str], cohort: str, *, by: str, quota: Quota | None = None
    ) -> list[InvitedTester]:
        """Invite many testers at once, by their names or just a number of them; raises Invalid."""
        now = self._authority.settle()
        cohort = redaction.name(cohort, "cohort", COHORT_LIMIT)
        by = redaction.name(by, "by")
        count = people if isinstance(people, int) else len(people)
        if not 1 <= count <= AT_ONCE:
            raise Invalid(f"One call invites 1 to {AT_ONCE} testers.", param="count")
        if isinstance(people, int):
            names = [f"{cohort} {number}" for number in range(1, count + 1)]
        else:
            names = [redaction.name(name, "name") for name in people]
        invited = self._authority.programme.invite(names, cohort, quota, now, by)
        return [InvitedTester(tester.tester_id, key, tester.name, cohort) for tester, key in invited]

    def remove_tester(self, tester_id: str, by: str) -> TesterView:
        """Take a tester and their tokens out of the programme at once; raises NotFound or AlreadySettled."""
        now = self._authority.settle()
        tester = self._member(tester_id)
        self._authority.record(TesterLeft(now, tester.tester_id, redaction.name(by, "by")))
        return self._view(tester, now)

    def reissue_key(self, tester_id: str, by: str) -> InvitedTester:
        """Give a tester a new key in place of the old one; raises NotFound or AlreadySettled."""
        now = self._authority.settle()
        redaction.name(by, "by")
        tester = self._member(tester_id)
        key = self._authority.programme.issue_key(tester.tester_id, now)
        return InvitedTester(tester.tester_id, key, tester.name, tester.cohort)

    def list_testers(self) -> list[TesterView]:
        """Everybody ever invited, oldest first."""
        now = self._authority.settle()
        return [self._view(tester, now) for tester in self._authority.programme.testers.values()]

    def list_tokens(self, tester_id: str | None = None, live_only: bool = False) -> list[TokenView]:
        """The access tokens in the books, oldest first: of one tester, or only those a gate would admit."""
        now = self._authority.settle()
        if tester_id is not None:
            self._authority.programme.tester(tester_id)
        views = (
            self._token_view(token, now)
            for token in self._authority.programme.tokens.values()
            if tester_id is None or token.tester_id == tester_id
        )
        return [view for view in views if view.state == "live" or not live_only]

    def rotate_key(self, by: str, overlap: float | None = None) -> str:
        """Sign with another key from now on and return its `kid`; raises Invalid.

        Older keys leave the key set, and their tokens stop, after `overlap` seconds; without one they stay good.
        """
        return self._authority.keyring.rotate(self._authority.settle(), redaction.name(by, "by"), overlap)

    def adopt_policy(self, policy: Policy, by: str) -> None:
        """Put another policy in force."""
        now = self._authority.settle()
        by = redaction.name(by, "by")
        self._authority.record(PolicyAdopted(now, policy, by))
        self._authority.keyring.ensure(now, by)

    def _member(self, tester_id: str) -> Tester:
        tester = self._authority.programme.tester(tester_id)
        if tester.left_at is not None:
            raise AlreadySettled("This tester has left the programme.", param="tester_id")
        return tester

    def _view(self, tester: Tester, now: float) -> TesterView:
        programme = self._authority.programme
        return TesterView(
            tester.tester_id,
            tester.name,
            tester.cohort,
            programme.state_of(tester, now),
            programme.quota_of(tester.tester_id),
            tester.invited_at,
            tester.activated_at,
            tester.left_at,
            programme.in_force.key_works(tester),
            tester.last_token_at,
        )

    def _token_view(self, token: IssuedToken, now: float) -> TokenView:
        has_left = self._authority.programme.testers[token.tester_id].left_at is not None
        state: Literal["live", "expired", "refused"] = "live"
        if token.expires_at <= now:
            state = "expired"
        elif has_left or self._authority.register.refusal(token, now) is not None:
            state = "refused"
        return TokenView(
            token.jti, token.tester_id, token.kid, token.issued_at, token.expires_at, token.scope, state, token.family
        )
