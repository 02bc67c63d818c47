"""The checker: one pass over the requests, with the revocations at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mock_api.core.notices import Version

from .findings import Findings, GateCounts, Violation
from .records import Request, Revocation

KEPT = 100             # violations kept to be shown; all are counted


class HistoryChecker:
    """Judges requests against revocations. `bound` is what the enforcement declares, in seconds.

    The guarantee: no request that starts after the acknowledgement of its token's revocation and the bound is let
    in; none that demands a view as new as the revocation is let in at all. A request under way at that instant may
    go either way. Of several revocations of one token the one acknowledged first counts.
    """

    def __init__(self, revocations: Iterable[Revocation], bound: float) -> None:
        self._revocations = sorted(revocations, key=lambda each: each.acknowledged)
        self._bound = bound
        self._of: dict[str, int] = {}              # jti -> place of its first revocation
        for place, revocation in enumerate(self._revocations):
            for jti in revocation.jtis:
                self._of.setdefault(jti, place)
        self._versions = [
            None if each.version is None else Version.parse(each.version) for each in self._revocations
        ]
        self._demands: dict[str, Version] = {}
        self._lags: defaultdict[int, dict[str, float]] = defaultdict(dict)   # place -> gate -> seconds
        self._gates: defaultdict[str, GateCounts] = defaultdict(GateCounts)
        self._violations: list[Violation] = []
        self._violated = self._with_version = 0

    def feed(self, request: Request) -> None:
        """Take one request; they may come in any order."""
        counts = self._gates[request.gate]
        counts.asked += 1
        let_in = request.let_in
        if let_in:
            counts.let_in += 1
        elif request.refused:
            counts.refused += 1
            counts.codes[request.code] = counts.codes.get(request.code, 0) + 1
        else:
            counts.unanswered += 1
        place = self._of.get(request.jti)
        if place is not None:
            self._judge(request, place, counts, let_in=let_in)

    def close(self) -> Findings:
        """What was found in all that was fed; feeding may go on."""
        gates = dict(sorted(self._gates.items()))
        return Findings(
            requests=sum(counts.asked for counts in gates.values()),
            revocations=len(self._revocations),
            asked_after=sum(counts.asked_after for counts in gates.values()),
            let_in_after=sum(counts.let_in_after for counts in gates.values()),
            asked_with_version=self._with_version,
            unanswered=sum(counts.unanswered for counts in gates.values()),
            violated=self._violated,
            violations=list(self._violations),
            gates=gates,
            lags=[self._lags[place] for place in sorted(self._lags)],
        )

    def _judge(self, request: Request, place: int, counts: GateCounts, *, let_in: bool) -> None:
        revocation = self._revocations[place]
        since = request.started - revocation.acknowledged
        if request.version is not None and self._knows(request.version, place):
            self._with_version += 1
            if let_in:
                self._violate(Violation("version", request, revocation, since))
                return
        if since <= 0.0:
            return
        counts.asked_after += 1
        lags = self._lags[place]
        known = lags.setdefault(request.gate, 0.0)
        if let_in:
            counts.let_in_after += 1
            # Whoever demands a view is answered by another rule, which says nothing of how late the others are.
            if request.version is None and since > known:
                lags[request.gate] = since
            if since > self._bound:
                self._violate(Violation("late", request, revocation, since - self._bound))

    def _knows(self, demanded: str, place: int) -> bool:
        """Whether a view as new as `demanded` knows of the revocation."""
        version = self._versions[place]
        demand = self._demands.get(demanded)
        if demand is None:
            demand = self._demands[demanded] = Version.parse(demanded)
        return version is not None and demand.feed == version.feed and demand.seq >= version.seq

    def _violate(self, violation: Violation) -> None:
        self._violated += 1
        if len(self._violations) < KEPT:
            self._violations.append(violation)


def check(requests: Iterable[Request], revocations: Iterable[Revocation], bound: float) -> Findings:
    """Judge a whole history in one pass."""
    checker = HistoryChecker(revocations, bound)
    for request in requests:
        checker.feed(request)
    return checker.close()
