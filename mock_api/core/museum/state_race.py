"""What one request has changed, the next one does not see yet."""

from __future__ import annotations

from collections import deque
from operator import attrgetter

from mock_api.core.quotas import RateWindows

from .card import Card, Exhibit

LATE = 0.05  # seconds from reading the count to writing it back


class CountsWrittenBackLate(RateWindows):
    """Requests within `LATE` of each other all read the count as it was before the first."""

    def wait(self, tester_id: str, limit: int, now: float) -> float:
        """Seconds until the next one fits, by the count as it is known."""
        unseen = 0
        for at in reversed(self.admitted.get(tester_id, deque())):
            if at <= now - LATE:
                break
            unseen += 1
        return super().wait(tester_id, limit + unseen, now)


STATE_RACE = Exhibit(
    card=Card(
        name="state-race",
        title="Parallel requests all see the old state",
        reports=("wiremock/wiremock#456",),
        wrong=(
            "Reading the state and changing it are two steps with a gap between. Requests that come together are "
            "all judged by what was there before the first of them."
        ),
        look_for=(
            "Send twice as many requests at once as a minute allows: all are admitted. Send them one after the other, "
            "a tenth of a second apart, and the limit holds."
        ),
        breaks="parallel requests never exceed the quota",
    ),
    right=RateWindows,
    wrong=CountsWrittenBackLate,
    part=attrgetter("gate.rates"),
)
