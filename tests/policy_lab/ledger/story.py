"""Writes event logs by hand, in a few words, with instants counted from the start of the story."""

from __future__ import annotations

from typing import Literal

from mock_api.core import events
from mock_api.core.scopes import Scope
from policy_lab.ledger import Ledger, LedgerReader
from policy_lab.truth import LeakPosted, StrangerOrigin

START = 4_102_444_800.0
What = Literal["access_token", "tester_key"]

PAGE = "198.51.100.7 leaky-page"                   # the stranger's origin in most stories


class Story:
    """An event log in the making. Testers are `ann` (whose credential leaks), `bob`, `eve`, …"""

    def __init__(self, *testers: str, lifetime: float = 1e6) -> None:
        self.events: list[object] = []
        self.lifetime = lifetime
        self.add(StrangerOrigin(START, PAGE))
        for tester in testers:
            self.invite(tester)
            self.issue(tester, f"{tester}-1")

    def add(self, *happened: object) -> None:
        """Append what happened."""
        self.events += happened

    def invite(self, tester: str, *, at: float = 0, cohort: str = "artists") -> None:
        """A new tester with a key."""
        self.add(events.TesterInvited(START + at, tester, tester.title(), cohort, None, "operator"))
        self.key(tester, at=at)

    def key(self, tester: str, *, at: float = 0) -> None:
        """A tester key, the first or a new one."""
        self.add(events.TesterKeyIssued(START + at, f"key-{tester}-{at}", tester, "hash"))

    def issue(self, tester: str, jti: str, *, at: float = 0, origin: str | None = None) -> None:
        """An access token."""
        happened = START + at
        self.add(events.TokenIssued(
            happened, jti, tester, "kid-1", happened + self.lifetime, "videos", origin or f"home of {tester}",
        ))

    def leak(
        self, tester: str = "ann", *, at: float, jti: str | None = None, what: What = "access_token",
    ) -> None:
        """Ground truth: the credential is out."""
        named = (jti or f"{tester}-1") if what == "access_token" else None
        self.add(LeakPosted(START + at, named, tester, "front_end", what))

    def admit(
        self, jti: str = "ann-1", *, at: float, origin: str = PAGE, action: str = "videos.list",
        gate: str | None = None,
    ) -> None:
        """A request gets in."""
        self.add(events.RequestAdmitted(START + at, jti, jti.split("-", maxsplit=1)[0], action, origin, gate))

    def refuse(
        self, tester: str, code: str, *, at: float, origin: str | None = None, gate: str | None = None
    ) -> None:
        """A request does not."""
        origin = origin or f"home of {tester}"
        self.add(events.RequestRefused(START + at, f"{tester}-1", tester, "videos.list", origin, code, gate))

    def submit(self, video: str, jti: str = "ann-1", *, at: float, origin: str = PAGE) -> None:
        """A render is ordered."""
        self.admit(jti, at=at, origin=origin, action="videos.create")
        self.add(events.VideoSubmitted(
            START + at, video, jti, jti.split("-", maxsplit=1)[0], "mock-video-1", "a cat", "4", "720x1280",
            None, "create", None, service=40.0, blocked=False, idempotency=None,
        ))

    def render(self, video: str, *, at: float, takes: float = 40.0, ends: bool = True) -> None:
        """It starts, and finishes if it `ends`."""
        self.add(events.RenderStarted(START + at, video, START + at + takes))
        if ends:
            self.add(events.RenderFinished(START + at + takes, video, held=True, expires_at=START + 1e6))

    def download(self, video: str, *, at: float, jti: str = "ann-1", origin: str = PAGE) -> None:
        """Bytes leave."""
        self.add(events.OutputDownloaded(START + at, video, jti, origin, "video"))

    def alert(self, *, at: float, jti: str | None = None, tester: str | None = None) -> None:
        """A detector speaks."""
        self.add(events.AlertRaised(START + at, f"alert-{at}", "watch", jti, tester, "evidence"))

    def revoke(self, scope: Scope, *, at: float) -> None:
        """For good."""
        self.add(events.Revoked(START + at, f"revocation-{at}", scope, "leak", "operator", None))

    def suspend(self, scope: Scope, *, at: float, until: float, name: str = "suspension") -> None:
        """For a while."""
        self.add(events.Suspended(START + at, name, scope, START + until, "leak", "operator", None))

    def lift(self, *, at: float, name: str = "suspension") -> None:
        """Before its time, or when it is up."""
        self.add(events.SuspensionLifted(START + at, name, "operator"))

    def throttle(self, tester: str, *, at: float) -> None:
        """Two requests a minute are left."""
        self.add(events.TesterThrottled(START + at, tester, 2, "leak", "operator", None))

    def pause(self, *, at: float) -> None:
        """The kill switch."""
        self.add(events.ProgrammePaused(START + at, "leak", "operator", recall=False, alert_id=None))

    def resume(self, *, at: float) -> None:
        """And off again."""
        self.add(events.ProgrammeResumed(START + at, "over", "operator"))

    def ledger(self, horizon: float = 10_000) -> Ledger:
        """What the ledger says of it all."""
        reader = LedgerReader()
        for event in self.events:
            reader.feed(event)
        return reader.close(START + horizon)
