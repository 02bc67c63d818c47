"""What gates in front ask of the authority. The answers hold no secrets, but only gates get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mock_api.core import redaction
from mock_api.core.enforcement.questions import Cutoffs, Keys, Notices, Pulse, Snapshot, StatusList, TokenStatus
from mock_api.core.errors import Invalid, NotFound, Refusal
from mock_api.core.events import RequestRefused
from mock_api.core.notices import SuspendedUntil
from mock_api.core.reach import NEVER, Reach

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

REPORTED_AT_ONCE = 1000


class ReportedRefusal(Struct, frozen=True, forbid_unknown_fields=True):
    """A request that a gate in front refused by itself; what it read of the token, if it could read one."""

    jti: str | None
    tester_id: str | None
    action: str
    origin: str
    code: str


class GateDoor:
    """The door of the enforcement points: views out, refusals in."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def introspect(self, token: str) -> TokenStatus:
        """Whether the access token would be let in now (RFC 7662 §2.2); never why not."""
        now = self._authority.settle()
        try:
            claims = self._authority.access_tokens.decode(token)
            self._authority.gate.examine(claims, now)
        except Refusal:
            return TokenStatus(False)
        return TokenStatus(self._authority.programme.testers[claims.tester_id].left_at is None)

    def pulse(self) -> Pulse:
        """Where the revocation feed stands."""
        now = self._authority.settle()
        return Pulse(self._authority.feed.name, self._authority.feed.seq, now)

    def notices(self, after: int) -> Notices | Snapshot:
        """The notices beyond `after`; the whole view where they are no longer kept."""
        now = self._authority.settle()
        feed = self._authority.feed
        notices = feed.since(after)
        if notices is None:
            return self.snapshot()
        return Notices(feed.name, feed.seq, now, notices)

    def snapshot(self) -> Snapshot:
        """The whole view. Revocations of single tokens stand in it as long as the token is in the books."""
        now = self._authority.settle()
        authority, reach = self._authority, self._authority.register.revoked
        return Snapshot(
            authority.feed.name, authority.feed.seq, now, _instant(reach), dict(reach.by_tester), dict(reach.by_cohort),
            tuple(jti for jti in reach.jtis if jti in authority.programme.tokens), tuple(reach.kids),
            tuple(reach.families),
            tuple(
                SuspendedUntil(event.suspension_id, event.scope, event.until)
                for event in authority.register.suspensions.values()
            ),
            tuple(tester.tester_id for tester in authority.programme.testers.values() if tester.left_at is not None),
            authority.register.paused,
        )

    def cutoffs(self) -> Cutoffs:
        """The not-before instants alone; what is narrower than a tester is widened to the tester's cutoff."""
        now = self._authority.settle()
        feed, reach = self._authority.feed, self._authority.cutoffs.reach
        return Cutoffs(
            feed.name, feed.seq, now, _instant(reach), dict(reach.by_tester), dict(reach.by_cohort),
            self._authority.register.paused,
        )

    def keys(self) -> Keys:
        """The names of the keys whose tokens are good, and of those that will sign next."""
        self._authority.settle()
        return Keys(frozenset(key["kid"] for key in self._authority.keyring.jwks()["keys"]))

    def status_list(self, uri: str) -> StatusList:
        """The status list at `uri` as it stands, unsigned; raises NotFound."""
        now = self._authority.settle()
        base, _, number = uri.rpartition("/")
        if base != self._authority.status_lists.aggregation_uri or not number.isdecimal():
            raise NotFound("There is no such status list.", param="uri")
        return self._authority.status_lists.content(int(number), now)

    def report_refusals(self, gate: str, refusals: list[ReportedRefusal]) -> None:
        """Enter what the gate `gate` refused by itself into the log, as of now; raises Invalid."""
        now = self._authority.settle()
        if len(refusals) > REPORTED_AT_ONCE:
            raise Invalid(f"One report holds up to {REPORTED_AT_ONCE} refusals.", param="refusals")
        for each in refusals:
            origin = redaction.origin(each.origin)
            self._authority.record(
                RequestRefused(now, each.jti, each.tester_id, each.action, origin, each.code, gate)
            )


def _instant(reach: Reach) -> float | None:
    return None if reach.cutoff == NEVER else reach.cutoff
