from __future__ import annotations

import pytest

from frontend_proxy.core.desk import Desk
from frontend_proxy.core.errors import NoSuchMirror, TooManyMirrors
from frontend_proxy.core.events import FrontEndEvent, MirrorOpened, MirrorVisited
from frontend_proxy.core.settings import DeskSettings
from tests.frontend_proxy.surroundings import CountingIds, SetClock


def desk_with(events: list[FrontEndEvent], **knobs: int) -> Desk:
    return Desk(DeskSettings(**knobs), SetClock(), CountingIds(), events.append)  # type: ignore[arg-type]  # ints


def test_a_copy_without_the_secret_is_visited_and_serves_nobody() -> None:
    events: list[FrontEndEvent] = []
    desk = desk_with(events)
    mirror_id = desk.mirrors.open()
    assert [desk.mirrors.visit(mirror_id) for _ in range(3)] == [False, False, False]
    assert desk.stats.mirrors == 1
    assert desk.stats.mirror_visits == 3
    assert desk.stats.mirror_served == 0
    assert isinstance(events[0], MirrorOpened)
    assert isinstance(events[1], MirrorVisited)


def test_a_copy_with_a_credential_of_its_own_could_serve() -> None:
    desk = desk_with([])
    assert desk.mirrors.visit(desk.mirrors.open(holds_credential=True))
    assert desk.stats.mirror_served == 1


def test_copies_are_bounded_and_known_by_name() -> None:
    desk = desk_with([], mirrors_limit=1)
    desk.mirrors.open()
    with pytest.raises(TooManyMirrors):
        desk.mirrors.open()
    with pytest.raises(NoSuchMirror):
        desk.mirrors.visit("mirror_9")
