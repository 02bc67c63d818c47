from __future__ import annotations

import pytest

from frontend_proxy.core.actions import Check, Create
from frontend_proxy.core.credentials import Secret
from frontend_proxy.core.errors import (
    NoSuchSubmission,
    OutOfCredentials,
    QueueIsFull,
    TooManyOpen,
    UnknownSeconds,
)
from frontend_proxy.core.events import VisitorArrived, VisitorBalked, VisitorReneged
from frontend_proxy.core.orders import ClipOrder
from frontend_proxy.core.settings import DeskSettings
from tests.frontend_proxy.front import ORDER, Front


def test_no_new_credential_means_that_the_waiting_are_given_up_in_the_end() -> None:
    front = Front("token")
    submissions = front.submit(6)
    front.actions()
    front.desk.refused(submissions[0], 401, "token_revoked")
    for each in submissions[1:4]:
        front.desk.refused(each, 401, "token_revoked")
    with pytest.raises(OutOfCredentials):
        front.submit()
    assert front.desk.stats.died == {"token_revoked": 1}
    due = front.desk.next_at()
    assert due == front.clock.now() + 300
    front.clock.at = due
    front.actions()
    assert front.desk.stats.failed == {"out_of_credentials": 6}
    assert front.desk.next_at() is None


def test_a_credential_that_comes_later_serves_those_who_waited() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.desk.refused(submission, 401, "token_revoked")
    front.desk.credentials.add("fresh")
    assert front.actions() == [Create(submission, "c2", ORDER)]


def test_the_same_secret_twice_is_one_credential() -> None:
    front = Front("token")
    assert front.desk.credentials.add(Secret("token")) == "c1"
    assert front.desk.credentials.alive == 1


def test_health_checks_come_ever_more_rarely_until_one_succeeds() -> None:
    front = Front("token", settings=DeskSettings(health_interval=60.0))
    (submission,) = front.submit()
    front.actions()
    front.desk.refused(submission, 403, "tester_suspended")
    pauses = []
    for _ in range(9):
        before, due = front.clock.now(), front.desk.credentials.next_check_at()
        assert due is not None
        front.clock.at = due
        assert Check("c1") in front.actions()
        assert Check("c1") not in front.actions()
        front.desk.checked("c1", alive=False, code="tester_suspended")
        pauses.append(due - before)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    front.desk.checked("c1", alive=True)
    assert front.desk.credentials.alive == 1
    assert front.desk.stats.credentials_alive == {"c1"}


def test_a_full_line_and_a_dead_desk_turn_visitors_away() -> None:
    front = Front("token", settings=DeskSettings(queue_limit=2))
    front.submit(2)
    with pytest.raises(QueueIsFull):
        front.submit()
    front.desk.credentials.died("c1", "token_revoked")
    with pytest.raises(OutOfCredentials):
        front.submit()
    front.desk.leave("visitor_9")
    reasons = [event.because for event in front.events if isinstance(event, VisitorBalked)]
    assert reasons == ["full", "dead", "dead"]


def test_leaving_on_seeing_the_queue_is_balking() -> None:
    front = Front("token")
    front.desk.leave("visitor_9")
    assert front.events[-1] == VisitorBalked(front.clock.now(), "visitor_9", 0, "queue")


def test_whoever_leaves_while_waiting_reneges_and_nobody_else_can() -> None:
    front = Front("token", settings=DeskSettings(concurrency=1))
    first, second, third = front.submit(3)
    front.actions()
    front.clock.advance(7)
    assert front.desk.renege(second)
    assert front.events[-1] == VisitorReneged(front.clock.now(), second, "visitor_2", 7.0)
    assert not front.desk.renege(first)
    assert not front.desk.renege(second)
    assert not front.desk.renege("unknown")
    assert front.desk.place(third).position == 1
    assert front.desk.standing(second).state == "left"


def test_a_page_that_gives_no_sign_of_life_loses_its_place() -> None:
    front = Front("token", settings=DeskSettings(concurrency=0, presence_timeout=90.0))
    first, second = front.submit(2)
    front.clock.advance(60)
    front.desk.seen("visitor_2")
    front.clock.advance(30)
    front.actions()
    assert front.desk.standing(first).state == "left"
    assert front.desk.place(second).position == 1
    assert front.desk.next_at() == front.clock.now() + 60


def test_whoever_said_goodbye_is_not_missed_later() -> None:
    front = Front("token", settings=DeskSettings(concurrency=0, presence_timeout=90.0))
    (submission,) = front.submit()
    front.desk.renege(submission)
    front.clock.advance(90)
    assert front.actions() == []
    assert front.desk.stats.reneged == 1


def test_the_expected_wait_follows_the_recent_service_times() -> None:
    front = Front("token", settings=DeskSettings(concurrency=2, expected_service=100.0))
    submissions = front.submit(4)
    front.actions()
    assert front.desk.place(submissions[3]).expected_wait == 100.0
    front.clock.advance(35)
    front.render(submissions[0])
    front.actions()
    assert front.desk.slots.service_time == 40.0
    assert front.desk.place(submissions[3]).expected_wait == 20.0


def test_one_visitor_has_one_open_submission_unless_told_otherwise() -> None:
    front = Front("token")
    front.desk.submit("visitor_1", ORDER)
    with pytest.raises(TooManyOpen):
        front.desk.submit("visitor_1", ORDER)


def test_what_is_not_on_the_menu_is_refused_before_anything_else() -> None:
    with pytest.raises(UnknownSeconds) as mistake:
        Front().desk.submit("visitor_1", ClipOrder("x", seconds="3600"))
    assert mistake.value.field == "seconds"


def test_a_visitor_arrives_once_and_brings_credit_to_the_clip() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.render(submission)
    clip_id = front.desk.standing(submission).clip_id
    assert front.desk.arrive("friend", clip_id)
    assert not front.desk.arrive("friend", clip_id)
    assert front.desk.gallery.newest(1)[0].offspring == 1
    assert front.events[-1] == VisitorArrived(front.clock.now(), "friend", clip_id)


def test_everything_kept_is_bounded() -> None:
    settings = DeskSettings(visitors_remembered=10, outcomes_remembered=10, gallery_limit=10, concurrency=1)
    front = Front("token", settings=settings)
    for _ in range(50):
        (submission,) = front.submit()
        front.actions()
        front.render(submission)
    desk = front.desk
    kept = (desk._visitors, desk.gallery, desk.book._outcomes, desk.book._latest)
    assert [len(each) for each in kept] == [10, 10, 10, 10]
    assert desk.book.open == {}
    with pytest.raises(NoSuchSubmission):
        desk.standing("sub_2")
    with pytest.raises(NoSuchSubmission):
        desk.place("sub_2")


def test_a_desk_with_thousands_waiting_does_not_look_at_them_all() -> None:
    front = Front("token", settings=DeskSettings(queue_limit=100_000))
    submissions = front.submit(20_000)
    front.actions()
    reads = 0

    class CountingBook(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            nonlocal reads
            reads += 1
            return super().__getitem__(key)

    front.desk.book.open = CountingBook(front.desk.book.open)  # type: ignore[assignment]  # It only counts.
    for each in submissions[:4]:
        front.render(each)
        front.actions()
        front.desk.next_at()
    assert reads <= 4
