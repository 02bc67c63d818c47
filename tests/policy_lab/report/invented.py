"""An invented incident: plausible events without the lab, so that the report is tested apart from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Any

from frontend_proxy.core import events as proxy
from mock_api.core import events as api
from mock_api.core.policy import Approval, Policy
from mock_api.core.scopes import TokenScope
from policy_lab import truth

START = 4_102_444_800.0
LEAK, NOTICE, DECISION, END = 3600.0, 9000.0, 14_100.0, 18_000.0
FRONT_END = "192.0.2.7 front-end"


@dataclass
class Invented:
    """Writes the log of an incident; `stop` is what is done at DECISION: pause, revoke or nothing."""

    seed: int = 1
    stop: str = "pause"
    hold: bool = False
    leak: bool = True
    name: str = "Ada Example"
    log: list[Any] = field(default_factory=list)

    def events(self) -> list[Any]:
        """The events in order."""
        luck = Random(self.seed)
        self._programme()
        self._testers(luck)
        if self.leak:
            self._the_leak(luck)
            self._response()
        self.log.sort(key=lambda event: event.at)
        return self.log

    def _programme(self) -> None:
        self.log.append(api.PolicyAdopted(START, Policy(name="invented"), "start"))
        for number in range(30):
            self.log.append(api.TesterInvited(START + 1, f"t{number}", self.name, "artists", None, "operator"))

    def _testers(self, luck: Random) -> None:
        for number in range(400):
            at, tester = START + luck.uniform(10, END), f"t{1 + number % 29}"
            if self.stop == "pause" and self.leak and at > START + DECISION:
                self.log.append(
                    api.RequestRefused(at, f"j-{tester}", tester, "videos.create", tester, "programme_paused")
                )
                continue
            self._render(at, f"own{number}", tester, tester, luck)

    def _render(self, at: float, video: str, tester: str, origin: str, luck: Random) -> float:
        """A request, its video and its render; returns when it finished."""
        service = luck.lognormvariate(3.9, 0.5)
        done = at + 1 + service
        self.log += [
            api.RequestAdmitted(at, f"j-{tester}", tester, "videos.create", origin),
            api.VideoSubmitted(
                at,
                video,
                f"j-{tester}",
                tester,
                "mock-video-1",
                "a <b>prompt</b>",
                "5",
                "720x1280",
                None,
                "create",
                None,
                service,
                False,
                None,
            ),
            api.RenderStarted(at + 1, video, done),
            api.RenderFinished(done, video, self.hold, done + 86400),
        ]
        if luck.random() < 0.6:
            self.log.append(api.OutputApproved(done + luck.uniform(60, 900), video, "rev1"))
        return done

    def _the_leak(self, luck: Random) -> None:
        leaked = START + LEAK
        self.log += [
            truth.LeakPosted(leaked, "j-t0", "t0", "public_front_end", "access_token"),
            truth.StrangerOrigin(leaked, FRONT_END),
            truth.NoticePublished(START + NOTICE, "press"),
        ]
        self.log.append(proxy.CredentialAdded(leaked, "c1"))
        if self.stop != "nothing":
            self.log.append(proxy.CredentialsExhausted(START + DECISION + 5))
        free, waiting = [leaked] * 4, 0
        shared: list[str] = []
        at, number = leaked + 190.0, 0
        while at < START + END:
            number += 1
            via = luck.choice(shared) if shared and luck.random() < 0.25 else None
            self.log.append(proxy.VisitorArrived(at, f"v{number}", via))
            if at > START + DECISION and self.stop != "nothing":
                self.log.append(proxy.VisitorBalked(at, f"v{number}", 0, "dead"))
            elif luck.random() < 0.4:
                waiting = sum(1 for until in free if until > at)
                shared += self._clip(at, number, free, waiting, luck)
            at += luck.expovariate(0.01 + 0.06 * min(1.0, (at - leaked) / 9000))
        for mirror in range(3):
            opened = leaked + 5000 + 900 * mirror
            self.log.append(proxy.MirrorOpened(opened, f"m{mirror}", False))
            self.log += [proxy.MirrorVisited(opened + 60 * visit, f"m{mirror}", False) for visit in range(1, 9)]

    def _clip(self, at: float, number: int, free: list[float], waiting: int, luck: Random) -> list[str]:
        """One submission through the front end; returns the clip it showed, if it did."""
        self.log.append(proxy.SubmissionQueued(at, f"s{number}", f"v{number}", waiting + 1, "5", "720x1280"))
        start = max(at, heappop(free))
        stopped = START + DECISION if self.stop != "nothing" else START + END
        if start > stopped:
            heappush(free, start)
            self.log.append(proxy.SubmissionFailed(min(stopped + 5, START + END), f"s{number}", "out_of_credentials"))
            self.log.append(
                api.RequestRefused(
                    min(stopped + 5, START + END), "j-t0", "t0", "videos.create", FRONT_END, "token_revoked"
                )
            )
            return []
        self.log.append(proxy.SubmissionStarted(start, f"s{number}", "c1"))
        done = self._render(start, f"stolen{number}", "t0", FRONT_END, luck)
        heappush(free, done)
        if done > stopped or self.hold:
            return []
        self.log.append(api.OutputDownloaded(done + 1, f"stolen{number}", "j-t0", FRONT_END, "video"))
        self.log.append(proxy.ClipDisplayed(done + 1, f"clip{number}", f"s{number}", f"stolen{number}", done - at))
        return [f"clip{number}"] if luck.random() < 0.3 else []

    def _response(self) -> None:
        at = START + DECISION
        self.log += [
            api.AlertRaised(
                START + NOTICE - 600, "a1", "velocity", "j-t0", "t0", "212 requests in a minute, 4 expected"
            ),
            api.AlertRaised(
                START + NOTICE - 300, "a2", "velocity", "j-t0", "t0", "240 requests in a minute, 4 expected"
            ),
            api.LeakReported(
                START + NOTICE + 60,
                "r1",
                "public",
                None,
                "t0",
                "forum.invalid/post",
                "<script>alert(1)</script>",
                "press",
            ),
            truth.ResponderDecided(at, "a1", "pause"),
        ]
        if self.stop == "pause":
            self.log.append(api.ProgrammePaused(at, "leak", "responder", True, "a1"))
        if self.stop == "revoke":
            self.log.append(api.Revoked(at, "rev1", TokenScope("j-t0"), "leak", "responder", "a1"))


def policy(name: str, *, hold: bool = False) -> Policy:
    """A policy for invented incidents."""
    return Policy(name=name, summary=f"What {name} does.", approval=Approval(mode="hold" if hold else "contract"))
