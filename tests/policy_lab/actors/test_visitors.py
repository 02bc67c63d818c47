"""Visitors, copiers and the public around a front end."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from frontend_proxy.core.desk import Standing, Ticket
from frontend_proxy.core.errors import OutOfCredentials
from frontend_proxy.core.orders import ClipOrder
from policy_lab.actors.journalist import journalist
from policy_lab.actors.mirror_maker import mirror_makers
from policy_lab.actors.visitor import Crowd, CrowdStreams
from policy_lab.agenda import Agenda
from policy_lab.clock import VirtualClock
from policy_lab.parts import Audience, Journalist, LogNormal, Mirrors

START = VirtualClock.STARTS_AT
HOUR = 3600.0


class Page:
    """A front end whose submissions stand as it is told."""

    def __init__(self, *states: Any, queue: int = 0) -> None:
        self.states = list(states) or ["ready"]
        self.queue = queue
        self.said: list[str] = []
        self.came = 0
        self.is_dead = False

    def arrive(self, via: str | None) -> str:
        self.came += 1
        self.said.append(f"arrive {via}" if via else "arrive")
        return f"visitor_{self.came}"

    def queue_length(self) -> int:
        return self.queue

    def leave(self, visitor_id: str) -> None:
        self.said.append("leave")

    def submit(self, visitor_id: str, order: ClipOrder) -> Ticket:
        if self.is_dead:
            raise OutOfCredentials("dead")
        self.said.append("submit")
        return Ticket("sub_1", 1, 40.0)

    def standing(self, submission_id: str) -> Standing:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return Standing(state, 1, 400.0, "clip_1" if state == "ready" else None, None)

    def renege(self, submission_id: str) -> None:
        self.said.append("renege")

    def visitors(self) -> int:
        return self.came

    def newest_clip(self) -> bytes | None:
        return None

    def open_mirror(self) -> str:
        self.said.append("mirror")
        return "mirror_1"

    def visit_mirror(self, mirror_id: str) -> bool:
        self.said.append("mirror visit")
        return False


def visit(page: Page, people: int = 1, **audience: Any) -> list[str]:
    """What the page takes down within a day of these people's coming."""
    agenda = Agenda(VirtualClock())
    habits: dict[str, Any] = {"submits": 1.0, "repeats": 0.0, "shares": 0.0, **audience}
    streams = CrowdStreams(Random(1), Random(2), Random(3))
    agenda.start(Crowd(page, agenda, Audience(**habits), streams).come([5.0] * people))
    agenda.run(START + 24 * HOUR)
    return page.said


def test_most_visitors_only_look() -> None:
    assert visit(Page(), submits=0.0) == ["arrive"]


def test_a_visitor_orders_and_waits_for_the_clip() -> None:
    assert visit(Page("waiting", "rendering", "ready")) == ["arrive", "submit"]


def test_a_long_queue_deters() -> None:
    assert visit(Page(queue=10_000)) == ["arrive", "leave"]


def test_a_visitor_whose_patience_ends_leaves_the_line_but_not_the_kitchen() -> None:
    assert visit(Page("waiting"), patience=LogNormal(median=300)) == ["arrive", "submit", "renege"]
    assert visit(Page("rendering", "rendering", "rendering", "ready"), patience=LogNormal(median=10)) == [
        "arrive", "submit"
    ]


def test_a_visitor_may_order_again_and_share() -> None:
    assert visit(Page(), repeats=0.99).count("submit") > 1
    shared = visit(Page(), people=10, shares=1.0, visitors_per_share=0.5)
    assert "arrive clip_1" in shared


def test_a_dead_page_is_left_alone() -> None:
    page = Page()
    page.is_dead = True

    assert visit(page) == ["arrive"]


def test_copies_appear_with_visitors_up_to_a_number() -> None:
    page, agenda = Page(), Agenda(VirtualClock())
    habits = Mirrors(per_thousand_visitors=100.0, visits=2.0, at_most=4)
    agenda.start(mirror_makers(page, page, habits, agenda, Random(1)))
    agenda.call(START + 30.0, lambda: setattr(page, "came", 10_000))
    agenda.run(START + 24 * HOUR)

    assert page.said.count("mirror") == 4
    assert page.said.count("mirror visit") > 0


def test_the_more_people_have_seen_it_the_sooner_it_is_in_the_news(reported: Any) -> None:
    def published_after(visitors: int) -> float:
        page, agenda, told = Page(), Agenda(VirtualClock()), list[Any]()
        reported.clear()
        page.came = visitors
        agenda.start(journalist(page, reported, Journalist(), Random(1), told.append, agenda.clock))
        agenda.run(START + 2000 * HOUR)
        assert [report["source"] for report in reported] == ["public"]
        return float(told[0].at) - START

    assert published_after(10_000) == pytest.approx(published_after(1_000) / 10.0, abs=60.0)

